//! The restart policy of a container of its own, and its rules by exit code.
//!
//! Source: `pkg/apis/core/validation/validation.go` `validateContainerRestartPolicy` (1.35), `pkg/api/pod/util.go`
//! `dropContainerRestartRules`.

use super::{Reader, View};
use crate::pod::field_error::{forbidden, required, unsupported};
use crate::pod::spec::{ContainerRestart, Located, RestartAction, RestartRule};
use crate::pod::yaml::Kind;

/// Most rules of a container.
const MOST_RULES: usize = 20;
/// Most exit codes of a rule.
const MOST_CODES: usize = 255;

impl Reader<'_> {
    /// `restartPolicy` of a container.
    pub(super) fn container_restart(&mut self, at: &View<'_>, init: bool) -> Option<Located<ContainerRestart>> {
        let policy = at.filled().filter(|_| self.api.minor >= 28)?;
        if !self.api.sidecars {
            let help = format!("Kubernetes honours it from 1.29, this is 1.{}", self.api.minor);
            self.remarks.warn(
                policy.span,
                format!("{} is dropped: the gate SidecarContainers is off", at.path),
                Some(help),
            );
            return None;
        }
        if !init && !self.api.container_restart_rules {
            forbidden(&mut self.remarks, at, "may not be set for non-init containers");
            return None;
        }
        match (policy.value.as_str(), self.api.container_restart_rules) {
            ("Always", _) => Some(policy.map(|_| ContainerRestart::Always)),
            ("OnFailure", true) => Some(policy.map(|_| ContainerRestart::OnFailure)),
            ("Never", true) => Some(policy.map(|_| ContainerRestart::Never)),
            (other, true) => {
                unsupported(&mut self.remarks, at, other, &["Always", "Never", "OnFailure"]);
                None
            }
            (other, false) => {
                unsupported(&mut self.remarks, at, other, &["Always"]);
                None
            }
        }
    }

    /// `restartPolicyRules` of the container `container`.
    pub(super) fn restart_rules(&mut self, container: &View<'_>) -> Vec<RestartRule> {
        let at = container.get("restartPolicyRules");
        if !at.is_set() || self.api.minor < 34 {
            return Vec::new();
        }
        if !self.api.container_restart_rules {
            let help = format!("Kubernetes honours it from 1.35, this is 1.{}", self.api.minor);
            let message = format!("{} is dropped: the gate ContainerRestartRules is off", at.path);
            self.remarks.warn(at.head(), message, Some(help));
            return Vec::new();
        }
        let policy = container.get("restartPolicy");
        let items = at.items();
        if !policy.is_set() && !items.is_empty() {
            let missing = View { span: at.head(), ..policy };
            required(&mut self.remarks, &missing, "must specify restartPolicy when restart rules are used");
        }
        if items.len() > MOST_RULES {
            let message = format!("{}: Too long: may not be more than {MOST_RULES} items", at.path);
            self.remarks.error(at.head(), message);
        }
        items.iter().take(MOST_RULES).filter_map(|item| self.restart_rule(item)).collect()
    }

    fn restart_rule(&mut self, at: &View<'_>) -> Option<RestartRule> {
        let action_at = at.get("action");
        let action = match (action_at.text_or("").value.as_str(), self.api.restart_all_containers) {
            ("Restart", _) => Some(RestartAction::Restart),
            ("RestartAllContainers", true) => Some(RestartAction::RestartAll),
            (other, _) => {
                unsupported(&mut self.remarks, &action_at, other, &["Restart"]);
                None
            }
        };
        let codes = at.get("exitCodes");
        if !codes.is_set() {
            required(&mut self.remarks, &codes, "must be specified");
            return None;
        }
        let operator = codes.get("operator");
        let negated = match operator.text_or("").value.as_str() {
            "In" => Some(false),
            "NotIn" => Some(true),
            other => {
                unsupported(&mut self.remarks, &operator, other, &["In", "NotIn"]);
                None
            }
        };
        let values_at = codes.get("values");
        if values_at.items().len() > MOST_CODES {
            let message = format!("{}: Too long: may not be more than {MOST_CODES} items", values_at.path);
            self.remarks.error(values_at.span, message);
        }
        let mut values = Vec::new();
        for item in values_at.items().iter().take(MOST_CODES) {
            match item.node.map(|n| &n.kind) {
                Some(Kind::Int(code)) => values.push(*code),
                _ => self.remarks.error(item.span, format!("{}: Invalid value: must be an integer", item.path)),
            }
        }
        Some(RestartRule { action: action?, negated: negated?, values })
    }
}
