//! `/_mock/openapi.json`: the description of everything in the table of endpoints, compared with it by a test.

use axum::response::{IntoResponse as _, Response};
use http::header::CONTENT_TYPE;

/// OpenAPI 3.1.
const DOCUMENT: &str = include_str!("openapi.json");

pub(super) async fn document() -> Response {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT).into_response()
}

#[cfg(test)]
mod tests {
    use super::super::endpoints;
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;

    #[test]
    fn every_endpoint_is_described_and_nothing_else() {
        let document: Value = serde_json::from_str(DOCUMENT).expect("JSON");
        let paths = document["paths"].as_object().expect("paths");
        let described: BTreeSet<(String, String)> = paths
            .iter()
            .flat_map(|(path, item)| {
                let methods = item.as_object().expect("an item").keys().filter(|k| *k != "parameters");
                methods.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
            })
            .collect();
        let there: BTreeSet<(String, String)> =
            endpoints().into_iter().map(|(method, path, _)| (method.to_owned(), path.to_owned())).collect();
        assert_eq!(described, there);
    }

    #[test]
    fn every_parameter_of_a_path_and_every_reply_is_described() {
        let document: Value = serde_json::from_str(DOCUMENT).expect("JSON");
        for (path, item) in document["paths"].as_object().expect("paths") {
            let parameters = item["parameters"].as_array().cloned().unwrap_or_default();
            for segment in path.split('/').filter_map(crate::routes::parameter) {
                let named = |p: &Value| p["name"] == segment && p["in"] == "path" && p["required"] == true;
                assert!(parameters.iter().any(named), "{path} lacks {segment}");
            }
            for (method, operation) in
                item.as_object().expect("an item").iter().filter(|(k, _)| *k != "parameters")
            {
                assert!(operation["summary"].is_string(), "{method} {path}");
                assert!(operation["operationId"].is_string(), "{method} {path}");
                let replies = operation["responses"].as_object().expect("replies");
                assert!(replies.keys().any(|code| code.starts_with('2') || code == "302"), "{method} {path}");
            }
        }
    }
}
