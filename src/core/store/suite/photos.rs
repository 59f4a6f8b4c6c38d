//! Photographs: they are no part of the records, and a list carries them out or leaves them out with all the rest.

use uuid::Uuid;

use crate::ids::PhotoId;
use crate::store::{Change, KeptPhoto, Records, Store};

fn id(number: u128) -> PhotoId {
    PhotoId(Uuid::from_u128(number))
}

fn put(number: u128, jpeg: &[u8]) -> Change {
    Change::PutPhoto(KeptPhoto {
        id: id(number),
        jpeg: jpeg.to_vec(),
    })
}

pub(super) fn photographs_are_kept_beside_the_records<S: Store>(mut store: S, reopen: impl Fn(S) -> S) {
    assert_eq!(store.photo(id(1)), Ok(None));
    let large = vec![7; 400_000];
    let list = [
        put(1, b"front"),
        put(2, &large),
        put(1, b"again"),
        put(3, b"gone"),
        Change::RemovePhoto(id(3)),
    ];
    store.commit(&list).expect("a list that fits");
    let mut store = reopen(store);
    assert_eq!(store.photo(id(1)), Ok(Some(b"again".to_vec())));
    assert_eq!(store.photo(id(2)), Ok(Some(large)));
    assert_eq!(store.photo(id(3)), Ok(None));
    assert_eq!(store.photos(), Ok([id(1), id(2)].into()));
    assert_eq!(store.load(), Ok(Records::default()));
    // What is added after erasing in the same list stays.
    store
        .commit(&[Change::EraseAll, put(4, b"new")])
        .expect("a list that fits");
    let mut store = reopen(store);
    assert_eq!(
        (store.photo(id(1)), store.photo(id(4))),
        (Ok(None), Ok(Some(b"new".to_vec())))
    );
    assert_eq!(store.photos(), Ok([id(4)].into()));
}
