//! What a hook or a probe does: exactly one of exec, httpGet, tcpSocket, grpc, sleep.
//!
//! Source: `pkg/apis/core/validation/validation.go` `validateHandler`, `validateSleepAction`, `ValidatePortNumOrName`.

use super::{Reader, View};
use crate::base::diagnostic::Span;
use crate::pod::defaults;
use crate::pod::field_error::{forbidden, invalid, required, unsupported};
use crate::pod::spec::{Action, Located, PortRef};
use crate::pod::yaml::Kind;

/// Who acts: a hook may sleep, a probe may ask gRPC.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// `postStart`, `preStop`; the pod's grace bounds a sleep.
    Hook { grace: i64 },
    /// A probe.
    Probe,
}

const HANDLERS: &[&str] = &["exec", "httpGet", "tcpSocket", "grpc", "sleep"];

impl Reader<'_> {
    /// The action of the hook or probe `at`.
    pub fn action(&mut self, at: &View<'_>, actor: Actor) -> Option<Located<Action>> {
        let mut actions: Vec<Located<Action>> = Vec::new();
        let mut set = 0;
        for name in HANDLERS {
            let handler = at.get(name);
            let allowed = match *name {
                "sleep" => actor != Actor::Probe && self.api.minor >= 29,
                "grpc" => actor == Actor::Probe && self.api.minor >= 23,
                _ => true,
            };
            if !handler.is_set() || !allowed || (*name == "sleep" && self.drops_sleep(&handler)) {
                continue;
            }
            set += 1;
            if set > 1 {
                forbidden(&mut self.remarks, &handler, "may not specify more than 1 handler type");
                continue;
            }
            actions.extend(self.one(name, &handler, actor));
        }
        if set == 0 {
            required(&mut self.remarks, at, "must specify a handler type");
        }
        let action = actions.pop()?;
        self.doubts(&action, actor);
        Some(action)
    }

    fn drops_sleep(&mut self, handler: &View<'_>) -> bool {
        if !self.api.sleep_action {
            let help = format!("Kubernetes honours it from 1.30, this is 1.{}", self.api.minor);
            let message = format!("{} is dropped: the gate PodLifecycleSleepAction is off", handler.path);
            self.remarks.warn(handler.head(), message, Some(help));
        }
        !self.api.sleep_action
    }

    fn one(&mut self, name: &str, handler: &View<'_>, actor: Actor) -> Option<Located<Action>> {
        let action = match name {
            "exec" => {
                let command = handler.get("command");
                if command.items().is_empty() {
                    required(&mut self.remarks, &command, "");
                }
                Action::Exec { command: command.texts()?.value }
            }
            "httpGet" => self.http_get(handler)?,
            "tcpSocket" => {
                let host = handler.get("host").filled().map(|h| h.value);
                Action::TcpSocket { port: self.port_ref(&handler.get("port"))?, host }
            }
            "grpc" => {
                let port = handler.get("port");
                Action::Grpc { port: self.port_number(&port)?.value }
            }
            _ => self.sleep(handler, actor),
        };
        Some(Located::written(action, handler.head()))
    }

    fn http_get(&mut self, handler: &View<'_>) -> Option<Action> {
        let scheme = handler.get("scheme");
        let https = match scheme.filled().as_ref().map(|s| s.value.as_str()) {
            None | Some("HTTP") => false,
            Some("HTTPS") => true,
            Some(other) => {
                unsupported(&mut self.remarks, &scheme, other, &["HTTP", "HTTPS"]);
                false
            }
        };
        let path = handler.get("path").text_or(defaults::HTTP_PATH).value;
        let host = handler.get("host").filled().map(|h| h.value);
        Some(Action::HttpGet { path, port: self.port_ref(&handler.get("port"))?, host, https })
    }

    fn sleep(&mut self, handler: &View<'_>, actor: Actor) -> Action {
        let at = handler.get("seconds");
        let seconds = at.int().map_or(0, |n| n.value);
        if let Actor::Hook { grace } = actor {
            let too_long = seconds > grace;
            if self.api.sleep_zero {
                if seconds < 0 || too_long {
                    let detail = format!("must be non-negative and less than terminationGracePeriodSeconds ({grace})");
                    invalid(&mut self.remarks, handler, seconds, &detail);
                }
            } else if seconds <= 0 || too_long {
                let zero = if self.api.minor >= 32 {
                    ". Please enable PodLifecycleSleepActionAllowZero feature gate if you need a sleep of zero duration."
                } else {
                    ""
                };
                let detail =
                    format!("must be greater than 0 and less than terminationGracePeriodSeconds ({grace}){zero}");
                invalid(&mut self.remarks, handler, seconds, &detail);
            }
        }
        Action::Sleep { seconds }
    }

    /// Hooks that pass validation and still never work.
    fn doubts(&mut self, action: &Located<Action>, actor: Actor) {
        if actor == Actor::Probe {
            return;
        }
        if matches!(action.value, Action::TcpSocket { .. }) {
            let help = "the kubelet answers \"invalid handler\"; use exec, httpGet or sleep".to_owned();
            self.remarks.warn(action.span, "a tcpSocket hook passes validation and always fails", Some(help));
        }
    }

    /// A port by number or name.
    pub fn port_ref(&mut self, at: &View<'_>) -> Option<PortRef> {
        match at.node.map(|n| &n.kind) {
            Some(Kind::Int(_)) => self.port_number(at).map(|n| PortRef::Number(n.value)),
            Some(Kind::Text(name)) => {
                self.port_name(at, name);
                Some(PortRef::Name(name.clone()))
            }
            _ => {
                invalid(&mut self.remarks, at, 0, "must be between 1 and 65535, inclusive");
                None
            }
        }
    }

    /// A port number; 0 and an absent one are reported.
    pub fn port_number(&mut self, at: &View<'_>) -> Option<Located<u16>> {
        let number = at.int().unwrap_or(Located::default_at(0, at.span));
        match u16::try_from(number.value).ok().filter(|n| *n > 0) {
            Some(port) => Some(number.map(|_| port)),
            None => {
                invalid(&mut self.remarks, at, number.value, "must be between 1 and 65535, inclusive");
                None
            }
        }
    }

    /// IANA_SVC_NAME, as `IsValidPortName`.
    pub fn port_name(&mut self, at: &View<'_>, name: &str) {
        let detail = if name.len() > 15 {
            "must be no more than 15 characters"
        } else if !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
        } else if !name.chars().any(|c| c.is_ascii_lowercase()) {
            "must contain at least one letter (a-z)"
        } else if name.contains("--") {
            "must not contain consecutive hyphens"
        } else if name.starts_with('-') || name.ends_with('-') {
            "must not begin or end with a hyphen"
        } else {
            return;
        };
        invalid(&mut self.remarks, at, format!("{name:?}"), detail);
    }

    /// A port name that no port of the container has.
    pub fn port_exists(&mut self, action: &Action, span: Span, known: &[&str]) {
        let (Action::HttpGet { port: PortRef::Name(name), .. } | Action::TcpSocket { port: PortRef::Name(name), .. }) =
            action
        else {
            return;
        };
        if !known.contains(&name.as_str()) {
            let message = format!("the container has no port named {name:?}: every try fails");
            self.remarks.warn(span, message, None);
        }
    }
}
