//! The API's description, as JSON and as a page to read. The page needs nothing from elsewhere: it works offline.

use std::fmt::Write as _;

use axum::{Json, Router, response::Html, routing::get};
use serde_json::Value;
use utoipa::openapi::OpenApi;

/// `/openapi.json` and `/docs`.
pub fn routes<S: Clone + Send + Sync + 'static>(api: OpenApi) -> Router<S> {
    let page = serde_json::to_value(&api).map(|value| page(&value)).unwrap_or_default();
    Router::new()
        .route("/openapi.json", get(move || std::future::ready(Json(api.clone()))))
        .route("/docs", get(move || std::future::ready(Html(page.clone()))))
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;\
color:#101418;background:#fff}h2{margin-top:2.5rem;border-bottom:2px solid #0b3d91}\
summary{cursor:pointer;padding:.4rem 0}code,pre{font:14px/1.4 ui-monospace,monospace}\
pre{background:#edf1f5;padding:.8rem;overflow:auto}b.m{display:inline-block;width:4.5rem;color:#0b3d91}";

fn page(api: &Value) -> String {
    let mut out = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Gatehouse API</title><style>{STYLE}</style>\
         <h1>Gatehouse API</h1><p>{}</p><p>The same for programs: <a href=/openapi.json>/openapi.json</a></p>",
        text(&api["info"]["description"])
    );
    let mut tags: Vec<&str> = operations(api).filter_map(|(.., operation)| tag(operation)).collect();
    tags.sort_unstable();
    tags.dedup();
    for name in tags {
        let _ = write!(out, "<h2>{}</h2>", escape(name));
        for (path, method, operation) in
            operations(api).filter(|(.., operation)| tag(operation) == Some(name))
        {
            let _ = write!(
                out,
                "<details><summary><b class=m>{}</b> <code>{}</code> {}</summary><p>{}</p>",
                escape(&method.to_uppercase()),
                escape(path),
                text(&operation["summary"]),
                text(&operation["description"])
            );
            for part in ["parameters", "requestBody", "responses"] {
                if !operation[part].is_null() {
                    let json = serde_json::to_string_pretty(&operation[part]).unwrap_or_default();
                    let _ = write!(out, "<h4>{part}</h4><pre>{}</pre>", escape(&json));
                }
            }
            out.push_str("</details>");
        }
    }
    let schemas = serde_json::to_string_pretty(&api["components"]["schemas"]).unwrap_or_default();
    let _ = write!(
        out,
        "<h2>Schemas</h2><details><summary>All</summary><pre>{}</pre></details>",
        escape(&schemas)
    );
    out
}

fn operations(api: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    api["paths"].as_object().into_iter().flatten().flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods
            .filter(|(_, operation)| operation.is_object())
            .map(move |(method, operation)| (path, method, operation))
    })
}

fn tag(operation: &Value) -> Option<&str> {
    operation["tags"][0].as_str()
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
