//! Updates among the inputs: manifests that are applied later, and images that are set, as plans.
//!
//! Follows kubectl apply and `kubectl set image`: what has the same name gets the new template, strategy and replicas; without
//! `replicas` in the manifest the number stays. Whether the template is new is decided by its text, as the hash of the stored
//! object decides it in Kubernetes. Not here: new objects, and changes to what cannot be changed (a Job's or a pod's template).

use super::SCENARIO_FILE;
use super::check::{Checker, api};
use super::input::{Action, Input, NewTemplate};
use super::settings::Settings;
use crate::base::diagnostic::{Diagnostic, Severity, Span};
use crate::cluster::WorkloadPlan;
use crate::pod;
use crate::pod::spec::{Manifests, Workload, WorkloadKind};

/// A workload as an update leaves it.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The input, by its place in the list.
    pub input: usize,
    /// Everything about the workload.
    pub plan: WorkloadPlan,
    /// `spec.replicas`, if the manifest says so.
    pub replicas: Option<u32>,
    /// Is the pod template another one than before?
    pub new_template: bool,
}

/// Files that updates apply, and that are therefore not applied at the start.
pub(super) fn files(inputs: &[Input]) -> Vec<&str> {
    let applied = inputs.iter().filter_map(|input| match &input.action {
        Action::Update { to: NewTemplate::File(file), .. } => Some(&**file),
        _ => None,
    });
    applied.collect()
}

impl Checker<'_> {
    /// What the updates among the inputs, in order of time, apply.
    pub(super) fn updates(&mut self, inputs: &[Input], manifests: &Manifests, settings: &Settings) -> Vec<Applied> {
        let mut current = manifests.clone();
        let mut applied = Vec::new();
        for (input, action) in inputs.iter().map(|i| &i.action).enumerate() {
            let Action::Update { workload, to } = action else { continue };
            let new = match to {
                NewTemplate::File(file) => self.of_file(file, workload.as_deref(), settings),
                NewTemplate::Image { container, image } => {
                    self.of_image(&current, workload.as_deref(), container.as_deref(), image)
                }
            };
            for workload in new {
                applied.extend(self.apply(input, workload, &mut current, settings));
            }
        }
        applied
    }

    /// One workload takes the place of the one that has its name.
    fn apply(&mut self, input: usize, new: Workload, current: &mut Manifests, settings: &Settings) -> Option<Applied> {
        let same = |w: &&mut Workload| w.meta.name.value == new.meta.name.value && w.kind.name() == new.kind.name();
        let Some(old) = current.workloads.iter_mut().find(same) else {
            let message = format!("there is no {} {:?} to update", new.kind.name(), new.meta.name.value);
            self.remark(&new, message, "give it the name of a workload that is applied at the start");
            return None;
        };
        let new_template = self.template(old) != self.template(&new);
        if new_template && matches!(new.kind, WorkloadKind::Pod | WorkloadKind::Job { .. }) {
            let message = format!("the template of a {} cannot be changed: the field is immutable", new.kind.name());
            self.remark(&new, message, "delete it and create it anew, or use a Deployment");
            return None;
        }
        let written = match &new.kind {
            WorkloadKind::Deployment { replicas, .. }
            | WorkloadKind::ReplicaSet { replicas, .. }
            | WorkloadKind::StatefulSet { replicas, .. } => replicas.written,
            WorkloadKind::Pod | WorkloadKind::DaemonSet { .. } | WorkloadKind::Job { .. } => false,
        };
        *old = new.clone();
        let plan = self.workload(&new, current, settings)?;
        let replicas = written.then_some(plan.replicas);
        Some(Applied { input, plan, replicas, new_template })
    }

    fn of_file(&mut self, file: &str, only: Option<&str>, settings: &Settings) -> Vec<Workload> {
        let Some(text) = self.draft.files.get(file) else {
            self.error(SCENARIO_FILE, &format!("there is no file {file:?} to apply"), "add the changed manifest");
            return Vec::new();
        };
        let (manifests, remarks) = pod::parse(file, text, api(settings));
        self.remarks.extend(remarks);
        let wanted = |w: &Workload| only.is_none_or(|name| w.meta.name.value == name);
        let workloads: Vec<Workload> = manifests.workloads.into_iter().filter(wanted).collect();
        if workloads.is_empty() {
            self.error(file, "there is no workload in it", "add the Deployment with its new template");
        }
        workloads
    }

    fn of_image(
        &mut self,
        from: &Manifests,
        name: Option<&str>,
        container: Option<&str>,
        image: &str,
    ) -> Vec<Workload> {
        let named = |w: &&Workload| name.is_none_or(|name| w.meta.name.value == name);
        let mut found = from.workloads.iter().find(named).cloned();
        let container = found.as_mut().and_then(|w| {
            let mut all = w.pod.containers.iter_mut();
            all.find(|c| container.is_none_or(|name| c.name.value == name))
        });
        match container {
            Some(container) => image.clone_into(&mut container.image.value),
            None => {
                let help = "name a workload and a container of the manifests, or leave both out";
                self.error(SCENARIO_FILE, &format!("there is no container for the image {image:?}"), help);
                return Vec::new();
            }
        }
        found.into_iter().collect()
    }

    /// What makes a template the same one: labels, annotations, images, and the text of the pod's spec without the blanks at
    /// the ends of its lines.
    fn template(&self, workload: &Workload) -> Vec<String> {
        let pod = &workload.pod;
        let text = self.draft.files.get(&*pod.meta.file).map_or("", String::as_str);
        let (from, to) = (pod.span.start as usize, pod.span.end as usize);
        let spec = text.get(from..to).unwrap_or("").lines().map(|l| l.trim().to_owned());
        let marks = pod.meta.labels.iter().chain(&pod.meta.annotations).map(|(k, v)| format!("{k}={}", v.value));
        let images = pod.containers.iter().map(|c| c.image.value.clone());
        marks.chain(images).chain(spec).filter(|line| !line.is_empty()).collect()
    }

    fn remark(&mut self, workload: &Workload, message: String, help: &str) {
        let file = &workload.meta.file;
        let text = self.draft.files.get(&**file).map_or("", String::as_str);
        let span =
            if workload.meta.name.span == Span::default() { workload.meta.span } else { workload.meta.name.span };
        self.remarks.push(Diagnostic::new(file, text, span, Severity::Error, message).with_help(help));
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::Draft;
    use crate::world::{Run, run};

    const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - {name: web, image: \"nginx:1.25\"}\n";
    const JOB: &str = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: once}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{name: main, image: busybox, command: [sleep, \"1\"]}]\n";

    fn with(files: &[(&str, &str)], input: &str) -> Result<Run, String> {
        let inputs = format!("inputs:\n- {{at_ms: 10000, {input}}}\nsettings: {{end_ms: 60000}}\n");
        let files = files.iter().copied().chain([("scenario.yaml", inputs.as_str())]);
        let (scenario, remarks) = Draft::new(files.map(|(n, t)| (n.to_owned(), t.to_owned()))).check();
        let errors = remarks.iter().filter(|r| r.severity == super::Severity::Error);
        scenario.as_ref().map(run).ok_or_else(|| errors.map(|r| r.message.clone()).collect())
    }

    /// Pods that were made, and pods that are left.
    fn pods(run: &Run) -> (usize, usize) {
        (run.end.pods.len(), run.end.pods.iter().filter(|p| p.removed.is_none()).count())
    }

    #[test]
    fn another_image_replaces_every_pod_and_the_same_one_none() {
        let set = |image| with(&[("web.yaml", WEB)], &format!("do: update, image: \"{image}\"")).unwrap();
        assert_eq!(pods(&set("nginx:1.27")), (4, 2));
        assert_eq!(pods(&set("nginx:1.25")), (2, 2));
    }

    #[test]
    fn a_manifest_is_applied_when_its_time_has_come_and_not_before() {
        let apply =
            |text: &str| with(&[("web.yaml", WEB), ("web-2.yaml", text)], "do: update, file: web-2.yaml").unwrap();
        assert_eq!(pods(&apply(&WEB.replace("1.25", "1.27"))), (4, 2));
        assert_eq!(pods(&apply(WEB)), (2, 2));
        assert_eq!(pods(&apply(&WEB.replace("replicas: 2", "replicas: 3"))), (3, 3), "a new number is no new template");
        assert_eq!(pods(&apply(&WEB.replace("  replicas: 2\n", ""))), (2, 2), "without the field the number stays");
    }

    #[test]
    fn without_anything_new_it_is_a_restart() {
        assert_eq!(pods(&with(&[("web.yaml", WEB)], "do: update").unwrap()), (4, 2));
    }

    #[test]
    fn what_cannot_be_updated_is_said() {
        let said = |files: &[(&str, &str)], input| with(files, input).unwrap_err();
        assert_eq!(said(&[("web.yaml", WEB)], "do: update, file: no.yaml"), "there is no file \"no.yaml\" to apply");
        let other = WEB.replace("name: web}", "name: shop}");
        let files = [("web.yaml", WEB), ("shop.yaml", other.as_str())];
        assert_eq!(said(&files, "do: update, file: shop.yaml"), "there is no Deployment \"shop\" to update");
        let said = said(&[("job.yaml", JOB)], "do: update, image: alpine");
        assert_eq!(said, "the template of a Job cannot be changed: the field is immutable");
    }
}
