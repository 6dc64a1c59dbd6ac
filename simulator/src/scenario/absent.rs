//! Inputs about something that the scenario does not have: kubectl would answer "not found", and nothing would happen.
//!
//! A remark before the run. Which pods are there at that moment only the run knows: names are compared by their beginnings.

use super::SCENARIO_FILE;
use super::check::Checker;
use super::reader::Reader;
use crate::pod;

impl Checker<'_> {
    /// Remarks on every input that names a pod or a workload where no workload has such a name.
    pub(super) fn absent(&mut self, workloads: &[String]) {
        let Some(text) = self.draft.files.get(SCENARIO_FILE) else { return };
        let (documents, _) = pod::yaml::read(SCENARIO_FILE, text);
        let mut reader = Reader { file: SCENARIO_FILE, text, diagnostics: Vec::new() };
        let inputs = documents.first().and_then(|root| root.get("inputs")).filter(|_| !workloads.is_empty());
        for input in inputs.map_or(&[][..], |list| list.items()) {
            for key in ["pod", "workload"] {
                let Some(value) = input.get(key) else { continue };
                let Some(name) = value.text() else { continue };
                let known = |w: &String| *w == name || key == "pod" && (w.starts_with(name) || name.starts_with(&**w));
                if !workloads.iter().any(known) {
                    let help = format!("the manifests have {}", workloads.join(", "));
                    reader.warn(value.span, format!("there is no {key} {name:?}: this input does nothing"), help);
                }
            }
        }
        self.remarks.append(&mut reader.diagnostics);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Draft;

    fn remarks(input: &str) -> Vec<String> {
        let pod = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {a: b}}\n  \
                   template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: c, image: debian, command: [sleep, '9']}]}\n";
        let scenario = format!("inputs:\n- {{at_ms: 1000, {input}}}\n");
        let draft = Draft::new([("pod.yaml".to_owned(), pod.to_owned()), ("scenario.yaml".to_owned(), scenario)]);
        let (_, remarks) = draft.check();
        remarks.iter().filter(|r| &*r.file == "scenario.yaml").map(ToString::to_string).collect()
    }

    #[test]
    fn a_name_that_nothing_has_is_a_warning_at_its_place() {
        let says = |what: &str, column| {
            format!(
                "scenario.yaml:2:{column}: warning: there is no {what}: this input does nothing; the manifests have web"
            )
        };
        assert_eq!(remarks("do: delete, pod: shop"), [says("pod \"shop\"", 34)]);
        assert_eq!(remarks("do: scale, workload: we, replicas: 1"), [says("workload \"we\"", 38)]);
    }

    #[test]
    fn a_pod_is_named_by_its_name_or_the_beginning_of_it() {
        assert_eq!(remarks("do: delete, pod: web-7c5ddbdf54-x2x4z"), [""; 0]);
        assert_eq!(remarks("do: delete, pod: we"), [""; 0]);
    }
}
