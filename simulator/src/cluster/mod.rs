//! stub
#![allow(missing_docs, dead_code, unused_variables)]
pub mod consumers;
pub mod settings;
use crate::{
    base::{Text, id::*},
    cx::Cx,
    kernel::Kernel,
    kubelet::*,
};
pub use settings::ClusterSettings;
#[derive(Clone, Debug)]
pub struct WorkloadPlan {
    pub plan: PodPlan,
    name: Text,
}
impl WorkloadPlan {
    pub fn new(w: &crate::pod::spec::Workload, plan: PodPlan, s: &[&crate::pod::spec::ServiceSpec]) -> Self {
        WorkloadPlan { plan, name: w.meta.name.value.as_str().into() }
    }
    pub fn name(&self) -> Text {
        self.name.clone()
    }
}
#[derive(Clone, Debug)]
pub struct Cluster {
    w: Vec<WorkloadPlan>,
}
impl Cluster {
    pub fn new(s: ClusterSettings, w: Vec<WorkloadPlan>) -> Self {
        Cluster { w }
    }
    pub fn start(&mut self, cx: &mut Cx, k: &mut Kernel, ku: &mut Kubelet) {
        for w in &self.w {
            ku.add_pod(cx, k, &w.plan, w.name.clone(), "".into());
        }
    }
    pub fn timer(&mut self, cx: &mut Cx, k: &mut Kernel, ku: &mut Kubelet, n: u32) {}
    pub fn served(&mut self, cx: &mut Cx, k: &mut Kernel, r: RequestId) {}
    pub fn react(&mut self, cx: &mut Cx, k: &mut Kernel, ku: &mut Kubelet, r: std::ops::Range<EventId>) {}
    pub fn scale(&mut self, cx: &mut Cx, k: &mut Kernel, ku: &mut Kubelet, n: &str, r: u32) {}
    pub fn delete_workload(&mut self, cx: &mut Cx, k: &mut Kernel, ku: &mut Kubelet, n: &str, r: &DeleteRequest) {}
    pub fn is_idle(&self, cx: &Cx) -> bool {
        true
    }
}
