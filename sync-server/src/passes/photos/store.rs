//! The photos' table.

use gatehouse::{
    feed::row::PassPhotoRow,
    id::{CommunityId, PassId},
};

use crate::{
    execute,
    feed::Change,
    fetch_optional, record,
    store::{StoreError, Tx},
};

record! {
    struct PhotoRecord {
        jpeg: Vec<u8>,
    }
}

/// The photo of a pass's holder.
pub async fn photo(tx: &mut Tx, community: CommunityId, pass: PassId) -> Result<Option<Vec<u8>>, StoreError> {
    let found = fetch_optional!(
        tx,
        PhotoRecord,
        "select jpeg from pass_photos where community = $1 and pass = $2",
        community,
        pass
    )?;
    Ok(found.map(|found| found.jpeg))
}

/// Sets the photo of a pass's holder; answers what is to be published.
pub async fn put(
    tx: &mut Tx,
    community: CommunityId,
    pass: PassId,
    jpeg: Vec<u8>,
) -> Result<Change, StoreError> {
    let change = Change::put(pass.0, &PassPhotoRow { jpeg: jpeg.clone() });
    execute!(
        tx,
        "insert into pass_photos (community, pass, jpeg) values ($1, $2, $3)
         on conflict (community, pass) do update set jpeg = excluded.jpeg",
        community,
        pass,
        jpeg
    )?;
    Ok(change)
}

/// Forgets the photo of a pass's holder; answers what is to be published, where there was one.
pub async fn forget(tx: &mut Tx, community: CommunityId, pass: PassId) -> Result<Option<Change>, StoreError> {
    let gone = execute!(tx, "delete from pass_photos where community = $1 and pass = $2", community, pass)?;
    Ok((gone > 0).then(|| Change::delete::<PassPhotoRow>(pass.0)))
}
