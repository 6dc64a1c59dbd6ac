//! Validation errors in the API server's words.
//!
//! Source: `apimachinery/pkg/util/validation/field/errors.go` and `apimachinery/pkg/util/validation/validation.go`.

use super::reading::View;
use super::remarks::Remarks;

/// `Required value`; without a detail that says it, with what to write.
pub fn required(remarks: &mut Remarks<'_>, at: &View<'_>, detail: &str) {
    let message = format!("{}: Required value", at.path);
    if detail.is_empty() {
        let field = at.path.rsplit('.').next().unwrap_or(&at.path);
        remarks.error_help(at.head(), message, format!("add {field}: ..."));
    } else {
        remarks.error(at.head(), format!("{message}: {detail}"));
    }
}

/// `Invalid value`; `value` as JSON, so text needs its quotes.
pub fn invalid(remarks: &mut Remarks<'_>, at: &View<'_>, value: impl std::fmt::Display, detail: &str) {
    remarks.error(at.head(), format!("{}: Invalid value: {value}: {detail}", at.path));
}

/// `Forbidden`.
pub fn forbidden(remarks: &mut Remarks<'_>, at: &View<'_>, detail: &str) {
    remarks.error(at.head(), format!("{}: Forbidden: {detail}", at.path));
}

/// `Duplicate value`.
pub fn duplicate(remarks: &mut Remarks<'_>, at: &View<'_>, value: &str) {
    remarks.error(at.head(), format!("{}: Duplicate value: {value:?}", at.path));
}

/// `Unsupported value`.
pub fn unsupported(remarks: &mut Remarks<'_>, at: &View<'_>, value: &str, supported: &[&str]) {
    let list = supported.iter().map(|s| format!("{s:?}")).collect::<Vec<_>>().join(", ");
    let message = format!("{}: Unsupported value: {value:?}: supported values: {list}", at.path);
    match super::schema::nearest(value, supported.iter().copied()) {
        Some(near) => remarks.error_help(at.head(), message, format!("did you mean {near}?")),
        None => remarks.error(at.head(), message),
    }
}

/// A number below 0.
pub fn not_negative(remarks: &mut Remarks<'_>, at: &View<'_>) {
    if let Some(number) = at.int().filter(|n| n.value < 0) {
        invalid(remarks, at, number.value, "must be greater than or equal to 0");
    }
}
