//! `/spoken`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::{
    code::DayKey,
    feed::row::DayKeyRow,
    hours::date_of_day,
    id::UnitId,
    spoken::{Challenge, SpokenAnswer, SpokenSecret},
};
use serde_json::json;

use crate::support::{
    held,
    people::{Community, on_both},
};

#[tokio::test]
async fn what_a_household_fetches_ahead_answers_a_gates_challenge() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let fetched = community.resident.get("/spoken").await.ok();
        let secrets = fetched["secrets"].as_array().unwrap();
        let keys = held::rows::<DayKeyRow>(&server, community.id).await;
        assert_eq!(secrets.len(), keys.len(), "one for each day whose key gates hold");
        let today = secrets.iter().find(|secret| secret["date"] == "2026-03-02").unwrap();
        let bytes = STANDARD.decode(today["secret"].as_str().unwrap()).unwrap();
        let household = SpokenSecret::from_bytes(bytes.try_into().unwrap());
        let challenge = Challenge::new(4711).unwrap();
        let digits = household.digits(7, challenge, SpokenAnswer::Approve);

        let (_, key) = keys
            .into_iter()
            .find(|(_, key)| date_of_day(key.date).unwrap().to_string() == "2026-03-02")
            .unwrap();
        let unit: UnitId = today["unit_id"].as_str().unwrap().parse().unwrap();
        let gate = DayKey::from_bytes(key.key).spoken_secret(unit, 1);
        assert_eq!(gate.read(7, challenge, &digits), Some(SpokenAnswer::Approve));
        assert_eq!(today["unit"], json!("A-1203"));
        community.guard.get("/spoken").await.is(403, "forbidden");
        community.admin.get("/spoken").await.is(403, "forbidden");
    })
    .await;
}
