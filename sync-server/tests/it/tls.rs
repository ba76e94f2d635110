//! The key of the server's own certificate, which kiosks pin.

use std::fs;

use gatehouse_server::{
    auth::TokenKeys, execute, fetch_one, http::serve::TlsMode, secrets::MasterKey, secrets::Sealer,
    store::Store,
};
use rcgen::KeyPair;
use tempfile::TempDir;

use crate::support::{ENGINES, fresh_store, listen, sealer};

const CLEAR: &str = "tls-key.pem";

async fn pin(store: &Store, folder: &TempDir) -> gatehouse::hash::Hash {
    let listening = listen(store, folder, &sealer(), TlsMode::Always).await.unwrap();
    listening.origin(None).pin.unwrap()
}

/// Why it does not listen.
async fn refusal(store: &Store, folder: &TempDir, sealer: &Sealer) -> String {
    listen(store, folder, sealer, TlsMode::Always).await.unwrap_err().to_string()
}

async fn keys_kept(store: &Store) -> i64 {
    let mut tx = store.read().await.unwrap();
    fetch_one!(&mut tx, (i64,), "select count(*) from server_keys").unwrap().0
}

#[tokio::test]
async fn every_server_over_a_database_speaks_under_one_key_and_no_folder_holds_it() {
    for engine in ENGINES {
        let (store, folder) = fresh_store(engine).await;
        let first = pin(&store, &folder).await;
        assert_eq!(pin(&store, &folder).await, first, "{engine:?}: after a restart");
        let other = tempfile::tempdir().unwrap();
        assert_eq!(pin(&store, &other).await, first, "{engine:?}: of a second server");
        for file in [&folder, &other].into_iter().flat_map(|folder| fs::read_dir(folder.path()).unwrap()) {
            let path = file.unwrap().path();
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            assert!(!text.contains("PRIVATE KEY"), "{}", path.display());
        }
        // A certificate of another key, as where the database alone was put back.
        let (elsewhere, its_folder) = fresh_store(engine).await;
        assert_ne!(pin(&elsewhere, &its_folder).await, first);
        assert_eq!(pin(&store, &its_folder).await, first, "{engine:?}: beside another's certificate");
    }
}

#[tokio::test]
async fn a_key_that_lies_in_clear_is_sealed_once_and_deleted() {
    for engine in ENGINES {
        let (store, folder) = fresh_store(engine).await;
        let clear = folder.path().join(CLEAR);
        let pem = KeyPair::generate().unwrap().serialize_pem();
        fs::write(&clear, &pem).unwrap();
        let first = pin(&store, &folder).await;
        let spki = rcgen::PublicKeyData::subject_public_key_info(&KeyPair::from_pem(&pem).unwrap());
        assert_eq!(first, gatehouse::hash::Hash::of(&[&spki]), "{engine:?}: kiosks know this one");
        assert!(!clear.exists());
        // As where the server was cut off between the two, or an old copy of the folder was put back.
        fs::write(&clear, &pem).unwrap();
        assert_eq!(pin(&store, &folder).await, first);
        assert!(!clear.exists());

        fs::write(&clear, KeyPair::generate().unwrap().serialize_pem()).unwrap();
        let said = refusal(&store, &folder, &sealer()).await;
        assert!(said.contains(CLEAR) && said.contains("--tls-key"), "{engine:?}: {said}");
        assert!(clear.exists(), "what some kiosk may have pinned is not deleted unasked");
    }
}

#[tokio::test]
async fn a_key_that_does_not_open_is_told_and_none_is_made_in_its_place() {
    for engine in ENGINES {
        let (store, folder) = fresh_store(engine).await;
        let wrong = Sealer::new(&MasterKey::new([7; 32]));
        TokenKeys::load_or_make(&store, &sealer(), &mut gatehouse_server::OsEntropy).await.unwrap();
        let pem = KeyPair::generate().unwrap().serialize_pem();
        fs::write(folder.path().join(CLEAR), pem).unwrap();
        let said = refusal(&store, &folder, &wrong).await;
        assert!(said.contains("put the right master key back"), "{engine:?}: {said}");
        assert_eq!(keys_kept(&store).await, 1, "nothing is sealed under a key that opens nothing else");
        assert!(folder.path().join(CLEAR).exists(), "and what is not sealed is not deleted");

        pin(&store, &folder).await;
        let said = refusal(&store, &folder, &wrong).await;
        assert!(said.contains("put the right master key back"), "{engine:?}: {said}");
        let mut tx = store.write().await.unwrap();
        execute!(&mut tx, "update server_keys set sealed = $1 where name = 'tls'", vec![1_u8; 60]).unwrap();
        tx.commit().await.unwrap();
        let said = refusal(&store, &folder, &sealer()).await;
        assert!(said.contains("\"tls\"") && said.contains("the database from a copy"), "{engine:?}: {said}");
        assert_eq!(keys_kept(&store).await, 2);
    }
}
