//! A little Markdown as elements: headings, paragraphs, lists, code. Everything else is shown as it is written.

use yew::{Html, html};

/// The text as elements.
pub fn prose(text: &str) -> Html {
    html! { <div class="prose">{ for text.trim().split("\n\n").flat_map(block) }</div> }
}

fn block(text: &str) -> Vec<Html> {
    let text = text.trim();
    if let Some(heading) = text.strip_prefix('#') {
        let (heading, rest) = heading.split_once('\n').unwrap_or((heading, ""));
        let mut all = vec![html! { <h4>{ heading.trim_start_matches('#').trim().to_owned() }</h4> }];
        if !rest.trim().is_empty() {
            all.extend(block(rest));
        }
        return all;
    }
    if text.is_empty() {
        return Vec::new();
    }
    if text.starts_with("- ") {
        let items = text.trim_start_matches("- ").split("\n- ").map(|item| html! { <li>{ for spans(item) }</li> });
        return vec![html! { <ul>{ for items }</ul> }];
    }
    vec![html! { <p>{ for spans(text) }</p> }]
}

/// Text and code, alternating: what stands between backticks is code.
fn spans(text: &str) -> impl Iterator<Item = Html> + '_ {
    text.split('`').enumerate().map(|(index, piece)| {
        let piece = piece.replace('\n', " ");
        if index % 2 == 1 {
            html! { <code>{ piece }</code> }
        } else {
            html! { { piece } }
        }
    })
}
