//! A plain text editor: line numbers, remarks on lines, and the list of remarks under it.

use simulator::base::diagnostic::{Diagnostic, Severity};
use web_sys::HtmlTextAreaElement;
use yew::{
    AttrValue, Callback, Html, InputEvent, NodeRef, Properties, TargetCast, component, html, use_effect_with,
    use_node_ref,
};

/// Lines that the editor shows at least and at most before it scrolls.
const FEWEST_LINES: usize = 6;
/// Lines that get a number: more than the longest file that is read has in practice. A paste of a million lines would
/// otherwise make a million elements.
const MOST_NUMBERS: usize = 4_000;

/// What an editor needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct CodeProps {
    /// The file's name.
    pub name: AttrValue,
    /// The text.
    pub text: AttrValue,
    /// What is wrong with it; only remarks on this file.
    pub remarks: Vec<Diagnostic>,
    /// The text changed.
    pub on_edit: Callback<String>,
}

/// The sign of a severity, and its class.
fn sign(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Error => ("✕", "error"),
        Severity::Warning => ("!", "warning"),
        Severity::Note => ("i", "note"),
    }
}

/// The editor of one file.
#[component]
pub fn Code(props: &CodeProps) -> Html {
    let area = use_node_ref();
    use_text(area.clone(), props.text.clone(), props.name.clone());
    let on_edit = props.on_edit.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
            on_edit.emit(area.value());
        }
    });
    let lines = props.text.lines().count().max(1) + usize::from(props.text.ends_with('\n'));
    let number = |line: usize| {
        let worst =
            props.remarks.iter().filter(|d| usize::try_from(d.line).ok() == Some(line)).map(|d| d.severity).min();
        let class = worst.map(|s| sign(s).1);
        html! { <span {class}>{ line }</span> }
    };
    let rows = lines.max(FEWEST_LINES);
    let described = format!("remarks-{}", props.name.replace(['.', '/'], "-"));
    let wrong = props.remarks.iter().any(|d| d.severity == Severity::Error);
    html! {
        <div class="code">
            <div class="code-scroll">
                <div class="gutter" aria-hidden="true">{ for (1..=rows.min(MOST_NUMBERS)).map(number) }</div>
                <textarea ref={area} class="code-text" rows={rows.to_string()} spellcheck="false" autocomplete="off"
                    autocapitalize="off" wrap="off" aria-label={props.name.clone()} aria-invalid={wrong.to_string()}
                    aria-describedby={described.clone()} {oninput} />
            </div>
            <ul class="remarks" id={described} aria-live="polite">{ for props.remarks.iter().map(remark) }</ul>
        </div>
    }
}

/// Puts a text from elsewhere (another file, a link, a patch) into the area; what is being typed is left alone, so that
/// the cursor does not jump and the browser's own undo keeps working.
#[yew::hook]
fn use_text(area: NodeRef, text: AttrValue, name: AttrValue) {
    use_effect_with((text, name), move |(text, _)| {
        if let Some(area) = area.cast::<HtmlTextAreaElement>()
            && area.value() != **text
        {
            area.set_value(text);
        }
    });
}

fn remark(remark: &Diagnostic) -> Html {
    let (sign, class) = sign(remark.severity);
    html! {
        <li class={class}>
            <span class="remark-sign" aria-hidden="true">{ sign }</span>
            <span><b>{ format!("line {}, column {}", remark.line, remark.column) }</b>{ " " }{ &remark.message }
            if let Some(help) = &remark.help { <span class="help">{ " " }{ help }</span> }</span>
        </li>
    }
}
