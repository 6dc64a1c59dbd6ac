//! From a draft to a scenario: read every file, build the images, put pods and settings together.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::docker::{self, DockerAction};
use super::input::{self, Action, Input, Target};
use super::reader::Reader;
use super::settings::{self, Settings};
use super::updates;
use super::{DOCKERFILE, Draft, SCENARIO_FILE, Scenario, container, scripts, strings};
use crate::base::diagnostic::{Diagnostic, Severity, Span};
use crate::base::limits::{DIAGNOSTICS, DRAFT_FILES, Limits, SCRIPT_BYTES};
use crate::base::time::{SimDuration, SimTime};
use crate::cluster::{Budget, ClusterSettings, Room, WorkloadPlan};
use crate::image::{self, Image, Options};
use crate::kubelet::{ContainerPlan, PodPlan};
use crate::pod::spec::{ContainerSpec, DisruptionBudget, Manifests, PodSpec, Workload};
use crate::pod::{self, Api};
use crate::program::call;

/// The pod that is run when there is a Dockerfile and no manifest.
const DEFAULT_MANIFEST: &str =
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: app\nspec:\n  containers:\n  - name: app\n    image: app\n";
/// When everything is deleted if the scenario does not say what happens.
pub(super) const DEFAULT_DELETE: SimTime = SimTime::from_secs(20);
/// How long a run goes on after the last input and the longest grace period.
const AFTER: SimDuration = SimDuration::from_secs(15);
/// How long a run without inputs is.
const WITHOUT_INPUTS: SimTime = SimTime::from_secs(60);

/// Reads and checks a draft.
pub(super) fn check(draft: &Draft, limits: Limits) -> (Option<Scenario>, Vec<Diagnostic>) {
    let mut checker = Checker { draft, remarks: Vec::new(), images: BTreeMap::new() };
    let scenario = checker.scenario(limits);
    let mut remarks = checker.remarks;
    remarks.truncate(DIAGNOSTICS);
    (scenario, remarks)
}

pub(super) struct Checker<'a> {
    pub(super) draft: &'a Draft,
    pub(super) remarks: Vec<Diagnostic>,
    /// Images by the name in the manifest.
    images: BTreeMap<String, Option<Arc<Image>>>,
}

impl Checker<'_> {
    fn scenario(&mut self, limits: Limits) -> Option<Scenario> {
        self.sizes();
        let mut remarks = Vec::new();
        let found = docker::described(self.draft, &mut remarks);
        let (title, settings, inputs) = self.own_file(found.is_some());
        self.remarks.append(&mut remarks);
        if let Some((file, all)) = found {
            return self.with_docker(title, settings, inputs, (&file, &all), limits);
        }
        let later = inputs.as_deref().map(updates::files).unwrap_or_default();
        let manifests = self.manifests(&settings, &later);
        // Where a text could not be read, what is wrong with it has been said.
        if manifests.workloads.is_empty() && !self.has_errors() {
            self.error(
                SCENARIO_FILE,
                "there is nothing to run",
                "add a Dockerfile or a manifest with a Pod or Deployment",
            );
        }
        let names: Vec<String> = manifests.workloads.iter().map(|w| w.meta.name.value.clone()).collect();
        self.absent(&names);
        let workloads: Vec<WorkloadPlan> =
            manifests.workloads.iter().filter_map(|w| self.workload(w, &manifests, &settings)).collect();
        if self.has_errors() || workloads.is_empty() {
            return None;
        }
        let inputs = inputs.unwrap_or_else(|| {
            vec![Input {
                at: DEFAULT_DELETE,
                action: Action::Delete { target: Target::All, grace: None, force: false, now: false },
            }]
        });
        let updates = self.updates(&inputs, &manifests, &settings);
        let until = settings.until.unwrap_or_else(|| end_of(&inputs, &workloads, &settings));
        let inventory = super::inventory::of(settings.kubernetes.minor(), self.draft, &manifests, &workloads);
        let cluster = self.cluster(&settings, &manifests);
        (!self.has_errors()).then_some(Scenario {
            title,
            workloads,
            docker: Vec::new(),
            inventory,
            cluster,
            inputs,
            updates,
            settings,
            until,
            limits,
        })
    }

    /// A scenario in which Docker runs containers, and no cluster.
    fn with_docker(
        &mut self,
        title: String,
        settings: Settings,
        inputs: Option<Vec<Input>>,
        (file, all): (&str, &[docker::Described]),
        limits: Limits,
    ) -> Option<Scenario> {
        let plans = self.docker(file, all, &settings)?;
        let inputs = inputs.unwrap_or_else(|| {
            vec![Input { at: DEFAULT_DELETE, action: Action::Docker(DockerAction::Down { timeout_s: None }) }]
        });
        let longest = plans.iter().map(|p| p.stop_timeout_s).max().and_then(|s| u64::try_from(s).ok()).unwrap_or(0);
        let last = inputs.last().map(|i| i.at + SimDuration::from_secs(longest) + AFTER);
        let until = settings.until.or(last).unwrap_or(WITHOUT_INPUTS);
        let inventory = docker::inventory(settings.kubernetes.minor(), all, &plans);
        (!self.has_errors()).then(|| Scenario {
            title,
            workloads: Vec::new(),
            docker: plans,
            inventory,
            cluster: ClusterSettings::default(),
            inputs,
            updates: Vec::new(),
            settings,
            until,
            limits,
        })
    }

    pub(super) fn has_errors(&self) -> bool {
        self.remarks.iter().any(|r| r.severity == Severity::Error)
    }

    pub(super) fn error(&mut self, file: &str, message: &str, help: &str) {
        let text = self.draft.files.get(file).map_or("", String::as_str);
        let remark = Diagnostic::new(file, text, Span::default(), Severity::Error, message);
        self.remarks.push(remark.with_help(help));
    }

    /// Files that are too many or too long are refused before anything reads them.
    fn sizes(&mut self) {
        if self.draft.files.len() > DRAFT_FILES {
            self.error(SCENARIO_FILE, "there are too many files", "leave out what no COPY and no manifest names");
        }
        let draft = self.draft;
        for (name, text) in &draft.files {
            if !is_manifest(name) && name != DOCKERFILE && text.len() > SCRIPT_BYTES {
                let message = format!("the file has {} bytes, at most {SCRIPT_BYTES} are read", text.len());
                self.error(name, &message, "shorten it to what matters for the stop");
            }
        }
    }

    /// `scenario.yaml`: title, settings, inputs; without inputs the default ones.
    fn own_file(&mut self, docker: bool) -> (String, Settings, Option<Vec<Input>>) {
        let Some(text) = self.draft.files.get(SCENARIO_FILE) else { return (String::new(), Settings::default(), None) };
        let (documents, found) = pod::yaml::read(SCENARIO_FILE, text);
        self.remarks.extend(found);
        let mut reader = Reader { file: SCENARIO_FILE, text, diagnostics: Vec::new() };
        let mut result = (String::new(), Settings::default(), None);
        if let Some(node) = documents.first().filter(|n| n.kind != pod::yaml::Kind::Null) {
            reader.only(node, "the scenario", &["title", "facts", "settings", "docker", "inputs"]);
            result.0 = reader.text(node, "title").unwrap_or_default();
            if let Some(node) = node.get("settings") {
                result.1 = settings::read(&mut reader, node);
            }
            result.2 = node.get("inputs").map(|node| input::read(&mut reader, node, docker));
        }
        self.remarks.extend(reader.diagnostics);
        result
    }

    /// What is applied at the start: every manifest but those that an update brings later.
    fn manifests(&mut self, settings: &Settings, later: &[&str]) -> Manifests {
        let api = api(settings);
        let mut all = Manifests::default();
        let mut read: Vec<(&str, &str)> = Vec::new();
        for (name, text) in self.draft.files.iter().filter(|(n, _)| is_manifest(n) && !later.contains(&n.as_str())) {
            let (manifests, remarks) = pod::parse(name, text, api);
            self.remarks.extend(remarks);
            all.append(manifests);
            read.push((name, text));
        }
        if read.is_empty() && self.draft.files.contains_key(DOCKERFILE) {
            all = pod::parse("pod.yaml", DEFAULT_MANIFEST, api).0;
        }
        self.remarks.extend(pod::check_links(&all, &read));
        self.remarks.append(&mut all.not_simulated);
        all
    }

    pub(super) fn workload(
        &mut self,
        workload: &Workload,
        manifests: &Manifests,
        settings: &Settings,
    ) -> Option<WorkloadPlan> {
        let spec = &workload.pod;
        let containers = self.containers(spec, &spec.containers, manifests, settings)?;
        let init_containers = self.containers(spec, &spec.init_containers, manifests, settings)?;
        let plan = PodPlan {
            spec: Arc::new(spec.clone()),
            containers,
            init_containers,
            kubernetes: settings.kubernetes,
            runtime: settings.runtime,
            container_stop_signals: settings.container_stop_signals,
            gated: !spec.readiness_gates.is_empty() && settings.consumers.iter().any(|c| c.targets().is_some()),
            latencies: settings.latencies,
            node: settings.node,
        };
        let services: Vec<_> = manifests.services_of(workload).collect();
        Some(WorkloadPlan::new(workload, plan, &services))
    }

    fn containers(
        &mut self,
        pod: &PodSpec,
        specs: &[ContainerSpec],
        manifests: &Manifests,
        settings: &Settings,
    ) -> Option<Vec<ContainerPlan>> {
        let programs = call::Settings { card: settings.app.clone() };
        let mut plans = Vec::new();
        for spec in specs {
            let image = self.image(&spec.image.value, &pod.meta.file, spec.image.span)?;
            match container::plan(pod, spec, &image, manifests, &programs) {
                Ok(mut plan) => {
                    let dockerfile = self.dockerfile_of(&spec.image.value).map_or("", |(name, _)| name);
                    let remarks = strings::of_container(self.draft, &pod.meta.file, spec, &image, dockerfile);
                    self.add(remarks.into_iter().chain(strings::of_config_maps(self.draft, manifests, &image.base)));
                    plan.answers.clone_from(&settings.answers);
                    plans.push(plan);
                }
                Err(why) => {
                    let text = self.draft.files.get(&*pod.meta.file).map_or("", String::as_str);
                    let message = format!("container {} cannot be made: {why}", spec.name.value);
                    let remark = Diagnostic::new(&pod.meta.file, text, spec.name.span, Severity::Error, message);
                    self.remarks.push(
                        remark.with_help("name a command in the Dockerfile or the manifest, or add what is missing"),
                    );
                    return None;
                }
            }
        }
        Some(plans)
    }

    /// The image of this name: from `Dockerfile.NAME`, from the table if it is an image people pull, else from the
    /// Dockerfile, else assumed.
    pub(super) fn image(&mut self, name: &str, file: &str, span: Span) -> Option<Arc<Image>> {
        if name.is_empty() {
            // Whoever read the name has said that it is missing.
            return None;
        }
        if let Some(known) = self.images.get(name) {
            return known.clone();
        }
        let (dockerfile, pulled) = match self.dockerfile_of(name) {
            Some((file, text)) => ((file.clone(), text.clone()), false),
            None => ((String::new(), format!("FROM {name}\n")), true),
        };
        let options = Options { file: dockerfile.0, ..Options::default() };
        let (image, remarks) = image::build(&self.draft.files, &dockerfile.1, &options);
        if let Some(image) = image.as_ref().filter(|_| self.images.is_empty()) {
            self.remarks.extend(scripts::remarks(self.draft, &image.base));
        }
        for mut remark in remarks {
            if pulled {
                // There is no Dockerfile: what is said is about the image's name in the manifest.
                let text = self.draft.files.get(file).map_or("", String::as_str);
                let help = remark.help.take();
                remark = Diagnostic::new(file, text, span, remark.severity, remark.message);
                remark.help = help;
            }
            self.remarks.push(remark);
        }
        let image = image.map(Arc::new);
        self.images.insert(name.to_owned(), image.clone());
        image
    }

    /// The Dockerfile of the image of this name, if the draft has it: its name and its text.
    pub(super) fn dockerfile_of(&self, name: &str) -> Option<(&String, &String)> {
        let short = name.rsplit('/').next().unwrap_or(name).split([':', '@']).next().unwrap_or(name);
        let usual = || self.draft.files.get_key_value(DOCKERFILE).filter(|_| !image::bases::is_known(name));
        self.draft.files.get_key_value(&format!("{DOCKERFILE}.{short}")).or_else(usual)
    }

    /// Adds what has not been said yet.
    pub(super) fn add(&mut self, remarks: impl Iterator<Item = Diagnostic>) {
        for remark in remarks {
            if !self.remarks.contains(&remark) {
                self.remarks.push(remark);
            }
        }
    }

    fn cluster(&mut self, settings: &Settings, manifests: &Manifests) -> ClusterSettings {
        let cluster = ClusterSettings {
            load: settings.load,
            consumers: settings.consumers.clone(),
            budgets: manifests.budgets.iter().filter_map(|b| budget(b, manifests)).collect(),
            ..ClusterSettings::default()
        };
        if let Err(why) = cluster.check() {
            self.error(SCENARIO_FILE, &why.to_string(), "correct it under settings, traffic");
        }
        cluster
    }
}

/// What the API server of this cluster reads.
pub(super) fn api(settings: &Settings) -> Api {
    let mut api = Api::of_minor(settings.kubernetes.minor());
    api.container_stop_signals |= settings.container_stop_signals;
    api
}

/// A budget with the workloads whose pods it selects.
fn budget(spec: &DisruptionBudget, manifests: &Manifests) -> Option<Budget> {
    let room = match (&spec.min_available, &spec.max_unavailable) {
        (Some(least), _) => Room::MinAvailable(least.value),
        (None, Some(most)) => Room::MaxUnavailable(most.value),
        (None, None) => return None,
    };
    let mine = manifests.workloads.iter().filter(|w| {
        spec.meta.namespace.value == w.pod.meta.namespace.value && spec.selector.matches(&w.pod.meta.labels)
    });
    let workloads = mine.map(|w| w.meta.name.value.as_str().into()).collect();
    Some(Budget { workloads, room, always_allow_unhealthy: spec.always_allow_unhealthy })
}

/// Is this file read as Kubernetes manifests?
pub(super) fn is_manifest(name: &str) -> bool {
    !docker::is_compose(name)
        && (name.ends_with(".yaml") || name.ends_with(".yml"))
        && name != SCENARIO_FILE
        && name != "expect.yaml"
}

/// Long enough for the last input's consequences.
fn end_of(inputs: &[Input], workloads: &[WorkloadPlan], settings: &Settings) -> SimTime {
    let load = settings.load.map(|l| l.end + l.service.max);
    let Some(last) = inputs.last().map(|i| i.at) else {
        return load.map_or(WITHOUT_INPUTS, |load| WITHOUT_INPUTS.max(load + AFTER));
    };
    let grace = workloads.iter().map(|w| w.plan.spec.termination_grace_period_seconds.value).max().unwrap_or(30);
    let grace = SimDuration::from_secs(u64::try_from(grace).unwrap_or(0));
    let load = load.unwrap_or(SimTime::ZERO);
    let long = inputs.iter().map(|i| match &i.action {
        Action::Node(action) => i.at + action.length(),
        Action::Delete { .. }
        | Action::Scale { .. }
        | Action::Annotate { .. }
        | Action::Restart { .. }
        | Action::Update { .. }
        | Action::Exec { .. }
        | Action::Docker(_)
        | Action::Signal { .. } => i.at,
    });
    let last = long.max().unwrap_or(last);
    (last + grace).max(load) + AFTER
}
