//! `env` and `envFrom` of a container.
//!
//! Source: `pkg/apis/core/validation/validation.go` `ValidateEnv`, `validateEnvVarValueFrom`, `ValidateEnvFrom`.

use super::{Reader, View};
use crate::pod::field_error::{invalid, required};
use crate::pod::names::{self, Rule};
use crate::pod::spec::{EnvFrom, EnvValue, EnvVar, Located};

impl Reader<'_> {
    /// The list `env`.
    pub fn env(&mut self, at: &View<'_>) -> Vec<EnvVar> {
        let mut variables: Vec<EnvVar> = Vec::new();
        for item in at.items() {
            let name_at = item.get("name");
            let Some(name) = name_at.filled() else {
                required(&mut self.remarks, &View { span: item.head(), ..name_at }, "");
                continue;
            };
            let rule = if self.api.relaxed_env_names { Rule::EnvRelaxed } else { Rule::Env };
            names::check(&mut self.remarks, &name_at, &name.value, rule);
            if variables.iter().any(|v| v.name.value == name.value) {
                let message = format!("variable {:?} is set twice, the last one wins", name.value);
                self.remarks.warn(name.span, message, None);
            }
            if let Some(value) = self.env_value(&item) {
                variables.push(EnvVar { name, value });
            }
        }
        variables
    }

    fn env_value(&mut self, item: &View<'_>) -> Option<Located<EnvValue>> {
        let from = item.get("valueFrom");
        let literal = item.get("value");
        if !from.is_set() {
            return Some(
                literal.text().unwrap_or(Located::default_at(String::new(), item.span)).map(EnvValue::Literal),
            );
        }
        if literal.filled().is_some() {
            invalid(&mut self.remarks, &from, "\"\"", "may not be specified when `value` is not empty");
        }
        let sources = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];
        let mut set = sources.into_iter().filter(|name| from.get(name).is_set());
        let Some(source) = set.next() else {
            let detail = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`";
            invalid(&mut self.remarks, &from, "\"\"", detail);
            return None;
        };
        if set.next().is_some() {
            invalid(&mut self.remarks, &from, "\"\"", "may not have more than one field specified at a time");
        }
        let source_at = from.get(source);
        self.env_source(source, &source_at).map(|value| Located::written(value, source_at.head()))
    }

    fn env_source(&mut self, source: &str, at: &View<'_>) -> Option<EnvValue> {
        Some(match source {
            "fieldRef" => EnvValue::Field(self.needed(at, "fieldPath")?),
            "resourceFieldRef" => EnvValue::Resource(self.needed(at, "resource")?),
            "configMapKeyRef" => EnvValue::ConfigMapKey {
                name: self.needed(at, "name")?,
                key: self.needed(at, "key")?,
                optional: at.get("optional").flag().value,
            },
            "secretKeyRef" => {
                let message = format!("the Secret of {} is not simulated: the variable is empty", at.path);
                self.remarks.leave_out(at.head(), message);
                EnvValue::SecretKey { name: self.needed(at, "name")?, key: self.needed(at, "key")? }
            }
            _ => return None,
        })
    }

    fn needed(&mut self, at: &View<'_>, key: &str) -> Option<String> {
        let field = at.get(key);
        let text = field.filled();
        if text.is_none() {
            required(&mut self.remarks, &View { span: at.head(), ..field }, "");
        }
        text.map(|t| t.value)
    }

    /// The list `envFrom`.
    pub fn env_from(&mut self, at: &View<'_>) -> Vec<EnvFrom> {
        let mut all = Vec::new();
        for item in at.items() {
            let prefix = item.get("prefix").filled().map_or(String::new(), |p| p.value);
            let config_map = item.get("configMapRef").get("name").filled();
            if config_map.is_none() && item.get("secretRef").is_set() {
                let message = format!("the Secret of {} is not simulated: its variables are missing", item.path);
                self.remarks.leave_out(item.head(), message);
            } else if config_map.is_none() {
                invalid(&mut self.remarks, &item, "\"\"", "must specify one of: `configMapRef` or `secretRef`");
            }
            all.push(EnvFrom { prefix, config_map });
        }
        all
    }
}
