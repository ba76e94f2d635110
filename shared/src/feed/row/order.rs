//! The order that ends a kiosk: the community root's word, for one kiosk and one key.

use minicbor::{Decode, Encode};

use crate::{
    api::sync::OrderAnswer,
    id::KioskId,
    keys::{PublicKey, Signature, SignatureError, SigningKey},
};

const CONTEXT: &[u8] = b"gatehouse/order/1";

/// An order that ends a kiosk, signed by the community root.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct KioskOrder {
    /// True: destroy keys and cache at once. False: upload first, then wipe.
    #[n(0)]
    pub stolen: bool,
    /// Ed25519 by the root over
    /// `"gatehouse/order/1" ‖ kiosk id (16) ‖ kiosk public key (32) ‖ stolen as one byte`.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

impl KioskOrder {
    /// The root's order to the kiosk of that id and key.
    pub fn sign(stolen: bool, kiosk: KioskId, public: &PublicKey, root: &SigningKey) -> Self {
        let signature = root.sign(CONTEXT, &signed_bytes(stolen, kiosk, public)).0;
        Self { stolen, signature }
    }

    /// Whether `root` gave this order to the kiosk of that id and key.
    pub fn verify(&self, kiosk: KioskId, public: &PublicKey, root: &PublicKey) -> Result<(), SignatureError> {
        let bytes = signed_bytes(self.stolen, kiosk, public);
        root.verify(CONTEXT, &bytes, &Signature(self.signature))
    }
}

fn signed_bytes(stolen: bool, kiosk: KioskId, public: &PublicKey) -> Vec<u8> {
    [kiosk.0.as_bytes().as_slice(), &public.0, &[u8::from(stolen)]].concat()
}

impl From<OrderAnswer> for KioskOrder {
    fn from(answer: OrderAnswer) -> Self {
        Self { stolen: answer.stolen, signature: answer.signature.0 }
    }
}

impl From<KioskOrder> for OrderAnswer {
    fn from(order: KioskOrder) -> Self {
        Self { stolen: order.stolen, signature: Signature(order.signature) }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_order_ends_the_kiosk_and_key_it_names_in_the_way_it_says() {
        let (root, key) = (SigningKey::from_seed(&[1; 32]), SigningKey::from_seed(&[2; 32]).public());
        let kiosk = KioskId(Uuid::from_u128(3));
        let order = KioskOrder::sign(false, kiosk, &key, &root);
        assert_eq!(order.verify(kiosk, &key, &root.public()), Ok(()));
        let other = KioskId(Uuid::from_u128(4));
        assert_eq!(order.verify(other, &key, &root.public()), Err(SignatureError));
        let other = SigningKey::from_seed(&[5; 32]).public();
        assert_eq!(order.verify(kiosk, &other, &root.public()), Err(SignatureError));
        assert_eq!(order.verify(kiosk, &key, &other), Err(SignatureError));
        let harsher = KioskOrder { stolen: true, ..order };
        assert_eq!(harsher.verify(kiosk, &key, &root.public()), Err(SignatureError));
    }
}
