//! Names of objects, containers, ports, variables and labels.
//!
//! Source: `apimachinery/pkg/util/validation/validation.go`.

use super::field_error::invalid;
use super::reading::View;
use super::remarks::Remarks;

const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_1035: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const ENV_NAME: &str = "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')";
const ENV_NAME_RELAXED: &str =
    "a valid environment variable name must consist only of printable ASCII characters other than '='";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/// What a name must be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// RFC 1123 label: containers, volumes, namespaces.
    Label,
    /// RFC 1123 subdomain: pods and controllers.
    Subdomain,
    /// RFC 1035 label: services.
    Label1035,
    /// A variable up to 1.31.
    Env,
    /// A variable from 1.32.
    EnvRelaxed,
    /// The value of a label.
    LabelValue,
}

/// Reports `text` at `at` if it breaks `rule`.
pub fn check(remarks: &mut Remarks<'_>, at: &View<'_>, text: &str, rule: Rule) {
    let (longest, holds, message) = match rule {
        Rule::Label => (63, is_label(text), LABEL),
        Rule::Subdomain => (253, text.split('.').all(is_label), SUBDOMAIN),
        Rule::Label1035 => (63, is_label(text) && text.starts_with(|c: char| c.is_ascii_lowercase()), LABEL_1035),
        Rule::Env => (usize::MAX, is_env_name(text), ENV_NAME),
        Rule::EnvRelaxed => (usize::MAX, text.chars().all(|c| c != '=' && (' '..='~').contains(&c)), ENV_NAME_RELAXED),
        Rule::LabelValue => (63, is_label_value(text), LABEL_VALUE),
    };
    if text.len() > longest {
        invalid(remarks, at, format!("{text:?}"), &format!("must be no more than {longest} characters"));
    }
    if !holds {
        invalid(remarks, at, format!("{text:?}"), message);
    }
}

fn is_label(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && !text.starts_with('-') && !text.ends_with('-') && text.chars().all(inner)
}

fn is_env_name(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    !text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(inner)
}

fn is_label_value(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_alphanumeric();
    let inner = |c: char| edge(c) || "-._".contains(c);
    text.is_empty() || (text.starts_with(edge) && text.ends_with(edge) && text.chars().all(inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_lower_case_letters_digits_and_inner_dashes() {
        for good in ["app", "1-app", "a"] {
            assert!(is_label(good), "{good}");
        }
        for bad in ["", "App", "a_b", "-a", "a-", "a.b"] {
            assert!(!is_label(bad), "{bad}");
        }
    }

    #[test]
    fn label_values_may_be_empty_and_have_dots_inside() {
        assert!(is_label_value(""));
        assert!(is_label_value("v1.2_3"));
        assert!(!is_label_value(".v1"));
        assert!(!is_label_value("a b"));
    }
}
