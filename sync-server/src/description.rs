//! What OpenAPI asks of every operation and no route says of its own.

use std::str::FromStr;

use axum::http::StatusCode;
use utoipa::openapi::{OpenApi, RefOr, Response, path::Operation};

/// Adds to the description what each operation has to have: an id that no other has (OpenAPI 3.1.0 §4.8.10), and a
/// description of every response (§4.8.17), the status's own words where its route has none.
pub fn complete(api: &mut OpenApi) {
    for (path, item) in &mut api.paths.paths {
        let operations = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
            ("patch", &mut item.patch),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                operation.operation_id = Some(id(method, path));
                describe_responses(operation);
            }
        }
    }
}

/// `put` and `/visitors/{visitor_id}/approve` are `putVisitorsByVisitorIdApprove`: method and path together are
/// nobody else's, and stay when code moves.
fn id(method: &str, path: &str) -> String {
    let mut id = method.to_owned();
    for segment in path.split('/') {
        let name = segment.trim_start_matches('{');
        if name != segment {
            id.push_str("By");
        }
        for word in name.split(|at: char| !at.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
            let (first, rest) = word.split_at(1);
            id.push_str(&first.to_ascii_uppercase());
            id.push_str(rest);
        }
    }
    id
}

fn describe_responses(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description = words(status);
        }
    }
}

/// The reason phrase of a status (RFC 9110 §15).
fn words(status: &str) -> String {
    let known = StatusCode::from_str(status).ok().and_then(|status| status.canonical_reason());
    known.unwrap_or("A problem: its `code` says which").to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    /// Every operation of the description, as `(method path, operation)`.
    fn operations() -> Vec<(String, Value)> {
        let api = serde_json::to_value(crate::api::openapi()).unwrap();
        let mut found = Vec::new();
        for (path, item) in api["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                found.push((format!("{method} {path}"), operation.clone()));
            }
        }
        assert!(found.len() > 50);
        found
    }

    fn responses(operation: &Value) -> impl Iterator<Item = (&String, &Value)> {
        operation["responses"].as_object().unwrap().iter()
    }

    #[test]
    fn every_operation_has_an_id_of_its_own() {
        let operations = operations();
        let ids: BTreeSet<_> = operations.iter().map(|(_, of)| of["operationId"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), operations.len(), "{ids:?}");
        assert!(ids.contains("putVisitorsByVisitorIdApprove") && ids.contains("postVisitorsRequestEntry"));
    }

    #[test]
    fn every_response_is_described() {
        for (at, operation) in operations() {
            for (status, response) in responses(&operation) {
                let words = response["description"].as_str().unwrap_or_default();
                assert!(!words.is_empty(), "{at}: {status}");
            }
        }
    }
}
