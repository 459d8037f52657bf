//! `neo4j://user:password@host:port`, read once.

use ripple_graph_core::StoreError;

/// Where the server is and who we are there.
#[derive(Clone)]
pub(crate) struct Address {
    /// `bolt://host:port`: one server is spoken to directly.
    pub(crate) bolt: String,
    /// `host:port`
    pub(crate) socket: String,
    pub(crate) user: String,
    pub(crate) password: String,
    /// For people: without the password.
    pub(crate) shown: String,
}

pub(crate) fn parse(uri: &str) -> Result<Address, StoreError> {
    // Never shows the text itself: it may hold a password.
    let wrong = |why: &str| StoreError::Invalid {
        why: format!("the store's address is wrong: {why}; write neo4j://user:password@host:7687"),
    };
    let (scheme, rest) = uri
        .split_once("://")
        .ok_or_else(|| wrong("it has no `://`"))?;
    let secure = match scheme {
        "neo4j" | "bolt" => "bolt",
        "neo4j+s" | "bolt+s" => "bolt+s",
        "neo4j+ssc" | "bolt+ssc" => "bolt+ssc",
        _ => return Err(wrong("it starts with neither neo4j:// nor bolt://")),
    };
    let rest = rest.trim_end_matches('/');
    let (who, host) = rest.rsplit_once('@').unwrap_or(("neo4j", rest));
    let (user, password) = who.split_once(':').unwrap_or((who, ""));
    if host.is_empty() || host.contains(['/', '?', '#']) {
        return Err(wrong("after the `@` comes host:port and nothing else"));
    }
    let port = host
        .rsplit_once(':')
        .map(|(_, p)| p)
        .filter(|p| !p.contains(']'));
    let socket = match port {
        Some(port) if port.parse::<u16>().is_err() => {
            return Err(wrong("the port is no number up to 65535"));
        }
        Some(_) => host.to_owned(),
        None => format!("{host}:7687"),
    };
    let decode = |text| {
        decode(text).ok_or_else(|| wrong("a percent sign is not followed by two hex digits"))
    };
    let user = decode(user)?;
    Ok(Address {
        bolt: format!("{secure}://{socket}"),
        shown: format!("{scheme}://{user}@{socket}"),
        password: decode(password)?,
        user,
        socket,
    })
}

/// Percent-decoding (RFC 3986, section 2.1).
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn an_address_is_taken_apart_and_shown_without_its_password() {
        let a = parse("neo4j://ann:p%40ss@db.example:7000/").unwrap();
        assert_eq!((a.user.as_str(), a.password.as_str()), ("ann", "p@ss"));
        assert_eq!(
            (a.bolt.as_str(), a.socket.as_str()),
            ("bolt://db.example:7000", "db.example:7000")
        );
        assert_eq!(a.shown, "neo4j://ann@db.example:7000");
        assert_eq!(parse("bolt+s://h").unwrap().bolt, "bolt+s://h:7687");
        assert_eq!(parse("neo4j://u:p@[::1]").unwrap().socket, "[::1]:7687");
    }

    #[test]
    fn a_wrong_address_is_refused_without_repeating_it() {
        for bad in [
            "secret",
            "http://u:secret@h",
            "neo4j://u:secret@",
            "neo4j://u:secret@h:x",
            "neo4j://u:secret%@h",
            "neo4j://u:secret@h/db",
        ] {
            let told = parse(bad).err().unwrap().to_string();
            assert!(!told.contains("secret"), "{told}");
            assert!(told.contains("write neo4j://"), "{told}");
        }
    }
}
