//! What the program says of settings that will not do: what to do, once, and no secret.

use gatehouse_server::{execute, store::Store};

use super::{create, failure, program};
use crate::support::postgres::fresh_database;

#[test]
fn a_settings_file_that_is_not_there_is_named() {
    let said = failure(&program().args(["serve", "--config", "/nowhere/gatehouse.toml"]).output().unwrap());
    assert!(said.contains("no settings file /nowhere/gatehouse.toml"), "{said}");
    let said =
        failure(&program().arg("serve").env("GATEHOUSE_CONFIG", "/nowhere/other.toml").output().unwrap());
    assert!(said.contains("no settings file /nowhere/other.toml"), "{said}");
}

#[test]
fn a_data_folder_that_will_not_do_is_told_with_what_would() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let said = failure(&create(&file));
    assert!(said.contains("is a file: name the folder"), "{said}");
    let said = failure(&create(&file.join("data")));
    assert!(said.contains("cannot be made") && said.contains("may write"), "{said}");
    let data = folder.path().join("data");
    std::fs::create_dir_all(data.join("gatehouse.db")).unwrap();
    let said = failure(&create(&data));
    assert!(said.contains("gatehouse.db cannot be opened"), "{said}");
    assert_eq!(said.matches("unable to open").count(), 1, "{said}");
}

#[tokio::test]
async fn a_newer_version_s_database_asks_for_a_newer_server() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_sqlite(&folder.path().join("gatehouse.db")).await.unwrap();
    let mut tx = store.write().await.unwrap();
    let later = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        values (99999999999999, 'later', true, x'00', 0)";
    execute!(&mut tx, later).unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    let said = failure(&create(folder.path()));
    assert!(said.contains("start a newer gatehouse-server"), "{said}");
}

#[tokio::test]
async fn a_postgresql_that_cannot_be_used_is_named_with_the_reason_and_without_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let with = |url: &str| {
        let mut command = program();
        command.arg("restore").arg("--data").arg(folder.path()).args(["--database", url]);
        failure(&command.output().unwrap())
    };
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = with(&format!("postgres://gatehouse:hunter2@{closed}/gatehouse"));
    assert!(
        said.contains(&format!("no PostgreSQL is reached at {closed}")) && !said.contains("hunter2"),
        "{said}"
    );
    assert_eq!(said.matches("refused").count(), 1, "{said}");

    let url = fresh_database(false).await;
    let said = with(&format!("{url}_of_nobody"));
    assert!(said.contains("does not let the server in") && said.contains("does not exist"), "{said}");

    for url in ["mysql://gatehouse:hunter2@127.0.0.1/x", "postgres://gatehouse:hunter2@127.0.0.1:port/x"] {
        let said = with(url);
        assert!(said.contains("postgres://USER:PASSWORD@") && !said.contains("hunter2"), "{said}");
    }
}

#[test]
fn an_address_to_be_reached_at_that_is_none_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    for url in ["not a url", "ftp://gate.example"] {
        let mut command = program();
        command.args(["serve", "--listen", "127.0.0.1:0", "--public-url", url, "--data"]).arg(folder.path());
        let said = failure(&command.output().unwrap());
        assert!(said.contains("https://gate.example"), "{said}");
    }
}

#[test]
fn what_is_about_data_that_is_there_makes_none_where_its_folder_is_mistyped() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("dta");
    for asked in [
        &["restore"][..],
        &["admin", "rotate-keys", "--community", "Palm Grove"],
        &["admin", "reset-password", "--email", "admin@example.org", "--password-stdin"],
    ] {
        let mut command = program();
        let said = failure(&command.args(asked).arg("--data").arg(&data).output().unwrap());
        assert!(said.contains(&format!("no gatehouse.db in {}", data.display())), "{said}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_certificate_that_cannot_be_read_is_told_before_it_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program();
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder.path().join("data"));
    command.args(["--tls-certificate", "/nowhere/chain.pem", "--tls-key", "/nowhere/key.pem"]);
    let said = failure(&command.output().unwrap());
    assert!(said.contains("/nowhere/chain.pem"), "{said}");
}
