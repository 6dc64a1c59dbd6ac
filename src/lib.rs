//! The playground page: everything that can be tested without a browser lives in this library.

pub mod scene;
pub mod sim;
pub mod store;

use yew::{Html, component, html};

/// The whole page.
#[component]
pub fn App() -> Html {
    html! { <h1>{ "Grace Period" }</h1> }
}
