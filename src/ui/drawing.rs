//! Shows a drawing as live SVG elements and tells which of its parts was clicked.

use simulator::base::id::{EventId, PodId, TaskId};
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::virtual_dom::{VNode, VTag, VText};
use yew::{Html, MouseEvent, TargetCast};

use crate::scene::svg::{Svg, Target};

/// The drawing as elements. What a click on a part leads to is written into data attributes.
pub fn html(svg: &Svg) -> Html {
    let mut tag = VTag::new(svg.tag);
    for (name, value) in &svg.attributes {
        tag.add_attribute(name, value.clone());
    }
    match svg.target {
        Some(Target::Task(task)) => tag.add_attribute("data-task", task.0.to_string()),
        Some(Target::Pod(pod)) => tag.add_attribute("data-pod", pod.0.to_string()),
        Some(Target::Event(event)) => tag.add_attribute("data-event", event.0.to_string()),
        None => {}
    }
    if let Some(text) = &svg.text {
        tag.add_child(VText::new(text.clone()).into());
    }
    for child in &svg.children {
        tag.add_child(html(child));
    }
    VNode::from(tag)
}

/// The part of a drawing that was clicked.
pub fn clicked(event: &MouseEvent) -> Option<Target> {
    let element: Element = event.target_dyn_into::<Element>()?;
    let part = element.closest("[data-task],[data-event],[data-pod]").ok()??;
    let number = |name: &str| part.get_attribute(name).and_then(|text| text.parse::<u32>().ok());
    let task = number("data-task").map(|n| Target::Task(TaskId(n)));
    let pod = number("data-pod").map(|n| Target::Pod(PodId(n)));
    task.or(pod).or_else(|| number("data-event").map(|n| Target::Event(EventId(n))))
}

/// How far right in an element a pointer is, in thousandths of its width.
pub fn share_of_width(element: &Element, client_x: i32) -> u32 {
    let area = element.get_bounding_client_rect();
    let share = (f64::from(client_x) - area.left()) / area.width().max(1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..1000")]
    let thousandths = (share.clamp(0.0, 1.0) * 1_000.0) as u32;
    thousandths
}

/// The element that an event was attached to.
pub fn holder(event: &web_sys::Event) -> Option<Element> {
    event.current_target()?.dyn_into().ok()
}
