//! What OpenAPI asks of every operation and no route says of its own.

use std::str::FromStr;

use axum::http::StatusCode;
use utoipa::openapi::{
    Content, KnownFormat, ObjectBuilder, OpenApi, Ref, RefOr, Response, SchemaFormat, path::Operation,
    schema::Type,
};

/// Adds to the description what each operation has to have: an id that no other has (OpenAPI 3.1.0 §4.8.10), a
/// description of every response (§4.8.17), the status's own words where its route has none, and what is the same for
/// all: whatever is no success is a problem (RFC 9457), and pictures and CBOR are bytes.
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
                state_problems(operation);
                state_bytes(operation);
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

/// Any operation may fail, and every failure is told in the same way.
fn state_problems(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    responses.entry("default".to_owned()).or_insert_with(|| Response::default().into());
    for (status, response) in responses {
        if let RefOr::T(response) = response
            && is_problem(status)
        {
            let problem = Content::new(Some(Ref::from_schema_name("Problem")));
            response.content = [("application/problem+json".to_owned(), problem.into())].into();
        }
    }
}

fn is_problem(status: &str) -> bool {
    StatusCode::from_str(status)
        .map_or(status == "default", |status| status.is_client_error() || status.is_server_error())
}

/// A body that is no text is a string of bytes, not a JSON array of numbers.
fn state_bytes(operation: &mut Operation) {
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        body.content.iter_mut().for_each(|(media_type, content)| as_bytes(media_type, content));
    }
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.content.iter_mut().for_each(|(media_type, content)| as_bytes(media_type, content));
        }
    }
}

fn as_bytes(media_type: &str, content: &mut RefOr<Content>) {
    let binary = media_type.starts_with("image/") || media_type == "application/cbor";
    if let RefOr::T(content) = content
        && binary
    {
        let format = SchemaFormat::KnownFormat(KnownFormat::Binary);
        let bytes = ObjectBuilder::new().schema_type(Type::String).format(Some(format));
        content.schema = Some(bytes.into());
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

    use serde_json::{Value, json};

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

    #[test]
    fn whatever_is_no_success_is_a_problem_on_every_operation() {
        let problem =
            json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
        for (at, operation) in operations() {
            assert!(operation["responses"]["default"].is_object(), "{at}");
            for (status, response) in responses(&operation) {
                let fails = !status.starts_with('2');
                assert_eq!(response["content"] == problem, fails, "{at}: {status}");
            }
        }
    }

    #[test]
    fn no_body_is_an_array_of_numbers() {
        let bytes = json!({"type": "string", "format": "binary"});
        let mut binary = 0;
        for (at, operation) in operations() {
            let answers = responses(&operation).map(|(_, response)| &response["content"]);
            let bodies = answers.chain([&operation["requestBody"]["content"]]);
            for (media_type, content) in bodies.filter_map(Value::as_object).flatten() {
                assert_ne!(content["schema"]["type"], "array", "{at}: {media_type}");
                if !media_type.contains("json") && !media_type.starts_with("text/") {
                    assert_eq!(content["schema"], bytes, "{at}: {media_type}");
                    binary += 1;
                }
            }
        }
        assert!(binary > 10);
    }

    #[test]
    fn what_a_filter_and_a_limit_may_be_is_described() {
        let api = serde_json::to_value(crate::api::openapi()).unwrap();
        let mut limits = 0;
        for (at, operation) in operations() {
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let mut schema = &parameter["schema"];
                if let Some(name) = schema["$ref"].as_str() {
                    schema = api.pointer(name.trim_start_matches('#')).expect(name);
                }
                if parameter["name"] == "limit" {
                    assert_eq!((&schema["minimum"], &schema["maximum"]), (&json!(1), &json!(200)), "{at}");
                    limits += 1;
                }
                if parameter["name"] == "status" {
                    let words = schema["enum"].as_array().unwrap();
                    assert!(words.contains(&json!("PENDING")) && words.len() >= 3, "{at}");
                }
            }
        }
        assert!(limits > 10);
    }
}
