//! Texts that stand beside the page as files of their own, fetched when somebody asks for them.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Response;

/// Fetches the text at `address`, relative to the page, and hands it to `then`: `None` if it cannot be had.
pub fn text(address: String, then: impl FnOnce(Option<String>) + 'static) {
    spawn_local(async move { then(read(&address).await.ok().flatten()) });
}

async fn read(address: &str) -> Result<Option<String>, JsValue> {
    let response: Response = JsFuture::from(gloo::utils::window().fetch_with_str(address)).await?.dyn_into()?;
    if !response.ok() {
        return Ok(None);
    }
    Ok(JsFuture::from(response.text()?).await?.as_string())
}
