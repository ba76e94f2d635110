//! Query parameters, as every list takes them.

use crate::support::{Served, people::Community};

#[tokio::test]
async fn a_filter_or_limit_that_will_not_do_is_told_by_its_name_with_what_would() {
    let server = Served::fresh().await;
    let community = Community::found(&server, 1).await;
    for (query, field, reason) in [
        ("/visitors?status=FOO", "status", "PENDING, APPROVED, DENIED, EXITED, INSIDE, LAPSED"),
        ("/residents?status=active", "status", "PENDING, ACTIVE, ENDED"),
        ("/residents?status=", "status", "PENDING, ACTIVE, ENDED"),
        ("/visitors?limit=0", "limit", "1 to 200"),
        ("/units?limit=201", "limit", "1 to 200"),
        ("/audit?limit=-1", "limit", "1 to 200"),
        ("/journal/events?limit=201", "limit", "1 to 200"),
    ] {
        let answer = community.admin.get(query).await;
        answer.is(422, "invalid");
        let error = &answer.json["errors"][0];
        assert_eq!(
            (error["field"].as_str(), error["reason"].as_str()),
            (Some(field), Some(reason)),
            "{query}"
        );
    }
    let fit =
        ["/visitors?status=LAPSED", "/residents?status=ENDED", "/units?limit=1", "/journal/events?limit=200"];
    for query in fit {
        community.admin.get(query).await.ok();
    }
    community.admin.get("/units?limit=many").await.is(400, "malformed");
}
