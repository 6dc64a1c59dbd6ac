//! The playground page: puts the application into `<main id="app">`. Wiring only.

/// Mounts the page; without its place in the document there is nothing to mount on, and the still figure stays.
fn main() {
    if let Some(place) = gloo::utils::document().get_element_by_id("app") {
        yew::Renderer::<grace_period::App>::with_root(place).render();
    }
}
