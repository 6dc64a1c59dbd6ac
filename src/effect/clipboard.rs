//! Copying the address.

use crate::effect::address;

/// Puts the address of the page, with the state in it, into the clipboard; where that is refused nothing happens.
pub fn copy_address() {
    let window = gloo::utils::window();
    let location = window.location();
    let base = location.href().unwrap_or_default();
    let base = base.split('#').next().unwrap_or_default();
    let text = format!("{base}#{}", address::fragment());
    // The answer comes later and changes nothing.
    let _ = window.navigator().clipboard().write_text(&text);
}
