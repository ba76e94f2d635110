//! `gatehouse-server admin create`, `admin reset-password`, `admin rotate-keys`, `demo` and `restore`.

use std::{error::Error, io::Read, path::Path, sync::Arc};

use gatehouse::api::community::RotateKeys;

use super::print::print;
use crate::{
    admins,
    app::App,
    clock::WallClock,
    communities, demo,
    origin::Origin,
    settings::Settings,
    setup::{self, FirstAdmin},
    sync,
};

/// The state of a command that serves nothing.
pub(super) async fn app(settings: &Settings) -> Result<App, Box<dyn Error>> {
    settings.make_data_folder()?;
    let store = settings.open_store().await?;
    let origin = Origin { url: settings.public_url.clone().unwrap_or_default(), pin: None };
    let sealer = settings.sealer(&store).await?;
    Ok(App::over(store, sealer, Arc::new(WallClock), origin).await?)
}

/// As [`app`], of a command that is about what is there: a mistyped folder is not made.
async fn existing_app(settings: &Settings) -> Result<App, Box<dyn Error>> {
    if !settings.has_database() {
        let data = settings.data.display();
        return Err(format!("there is no gatehouse.db in {data}: name the server's folder (--data)").into());
    }
    app(settings).await
}

/// Makes a community and its first admin; prints their ids as JSON.
pub(super) async fn create(settings: &Settings, mut first: FirstAdmin) -> Result<(), Box<dyn Error>> {
    first.password = password_from_stdin()?;
    let app = app(settings).await?;
    let made = setup::first_admin(&app, first).await.map_err(|fault| fault.explained())?;
    print(&format!("{}\n", serde_json::json!({"community_id": made.community, "user_id": made.user})))?;
    app.store.close().await;
    Ok(())
}

/// Sets the password of the admin of that e-mail; prints the account's id as JSON.
pub(super) async fn reset_password(settings: &Settings, email: &str) -> Result<(), Box<dyn Error>> {
    let password = password_from_stdin()?;
    let app = existing_app(settings).await?;
    let user = admins::reset_password(&app, email, password).await.map_err(|fault| fault.explained())?;
    print(&format!("{}\n", serde_json::json!({"user_id": user})))?;
    app.store.close().await;
    Ok(())
}

fn password_from_stdin() -> std::io::Result<String> {
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password)?;
    password.truncate(password.trim_end_matches(['\r', '\n']).len());
    Ok(password)
}

/// Replaces keys of the community of that name; prints what became of it.
pub(super) async fn rotate_keys(
    settings: &Settings,
    community: &str,
    asked: RotateKeys,
) -> Result<(), Box<dyn Error>> {
    let app = existing_app(settings).await?;
    let mut tx = app.store.read().await?;
    let found = communities::store::community_named(&mut tx, community).await?;
    drop(tx);
    let found = found.ok_or("no community of this name")?;
    let tx = app.store.write().await?;
    let rotated = communities::rotate::rotate(&app, tx, found.id, None, asked).await;
    let rotated = rotated.map_err(|fault| fault.explained())?;
    print(&format!("{}\n", serde_json::to_string(&rotated)?))?;
    app.store.close().await;
    Ok(())
}

/// Makes or refreshes the demo community; prints what there is to try.
pub(super) async fn demo(
    settings: &Settings,
    passes: Option<&Path>,
    json: bool,
) -> Result<(), Box<dyn Error>> {
    let app = app(settings).await?;
    let demo = demo::make(&app, passes).await.map_err(|fault| fault.explained())?;
    if json {
        print(&format!("{}\n", serde_json::to_string_pretty(&demo)?))?;
    } else {
        print(&demo.text)?;
    }
    app.store.close().await;
    Ok(())
}

/// Begins a new life of every feed after the database was put back; prints how many.
pub(super) async fn restore(settings: &Settings) -> Result<(), Box<dyn Error>> {
    let app = existing_app(settings).await?;
    let communities = sync::restored(&app).await.map_err(|fault| fault.explained())?;
    print(&format!("{}\n", serde_json::json!({"communities": communities})))?;
    app.store.close().await;
    Ok(())
}
