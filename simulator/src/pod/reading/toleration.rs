//! `tolerations` of a pod.
//!
//! Source: `pkg/apis/core/validation/validation.go` `ValidateTolerations`; which taints they hold for:
//! `k8s.io/component-helpers/scheduling/corev1` `ToleratesTaint`.

use super::{Reader, View};
use crate::pod::field_error::{invalid, unsupported};
use crate::pod::spec::Toleration;

const EFFECTS: &[&str] = &["NoSchedule", "PreferNoSchedule", "NoExecute"];

impl Reader<'_> {
    /// Those that hold for taints with the effect NoExecute.
    pub(super) fn tolerations(&mut self, at: &View<'_>) -> Vec<Toleration> {
        at.items().iter().filter_map(|item| self.toleration(item)).collect()
    }

    fn toleration(&mut self, at: &View<'_>) -> Option<Toleration> {
        let text = |name: &str| at.get(name).text_or("").value;
        let (key, operator, value, effect) = (text("key"), text("operator"), text("value"), text("effect"));
        let seconds = at.get("tolerationSeconds");
        let exists = operator == "Exists";
        if !["", "Exists", "Equal"].contains(&operator.as_str()) {
            unsupported(&mut self.remarks, &at.get("operator"), &operator, &["Equal", "Exists"]);
        }
        if key.is_empty() && !exists {
            let detail = "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
            invalid(&mut self.remarks, &at.get("operator"), format!("{operator:?}"), detail);
        }
        if exists && !value.is_empty() {
            let detail = "value must be empty when `operator` is 'Exists'";
            invalid(&mut self.remarks, &at.get("value"), format!("{value:?}"), detail);
        }
        if !effect.is_empty() && !EFFECTS.contains(&effect.as_str()) {
            unsupported(&mut self.remarks, &at.get("effect"), &effect, EFFECTS);
        }
        if seconds.is_set() && effect != "NoExecute" {
            let detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
            invalid(&mut self.remarks, &at.get("effect"), format!("{effect:?}"), detail);
        }
        let seconds = seconds.int().map(|s| s.value);
        let holds = effect.is_empty() || effect == "NoExecute";
        holds.then_some(Toleration { any_value: exists || value.is_empty(), key, seconds })
    }
}
