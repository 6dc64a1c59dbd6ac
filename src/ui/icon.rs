//! Small drawn signs for buttons: no font has all of them everywhere.

use yew::{Html, html};

/// The signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A triangle.
    Play,
    /// Two bars.
    Pause,
    /// One step forward.
    Forward,
    /// One step back.
    Back,
    /// To the end.
    End,
    /// To the start.
    Start,
}

/// A sign in the size and colour of the text around it.
pub fn icon(icon: Icon) -> Html {
    let path = match icon {
        Icon::Play => "M4 2.5v11l9-5.5z",
        Icon::Pause => "M4 2.5h3v11H4zM9.5 2.5h3v11h-3z",
        Icon::Forward => "M6 3l5.5 5L6 13V3z",
        Icon::Back => "M10 3L4.500 8l5.500 5V3z",
        Icon::End => "M3 3l6.500 5L3 13V3zM10.500 3h2v10h-2z",
        Icon::Start => "M13 3L6.500 8l6.500 5V3zM3.500 3h2v10h-2z",
    };
    html! { <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d={path} /></svg> }
}
