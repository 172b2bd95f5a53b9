package service

import (
	"bytes"
	"net/url"

	"drey/client/cmf"
)

// A jar's address may hold a password. It is stored, as the engine needs it, and
// never shown; who writes back what was shown keeps what is stored.

// withoutJarPassword is a document whose job.jarURI below the path shows no
// password.
func withoutJarPassword(doc cmf.Object, path ...string) cmf.Object {
	if bytes.IndexByte(doc, '@') < 0 {
		return doc
	}
	path = append(path, "job", "jarURI")
	sent := doc.String(path...)
	if shown := redactedJar(sent); shown != sent {
		return doc.With(shown, path...)
	}
	return doc
}

func redactedJar(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return uri
	}
	if _, has := u.User.Password(); !has {
		return uri
	}
	return u.Redacted()
}

// keepJarPassword gives an update the stored address where it has what is shown
// of that.
func keepJarPassword(old, spec cmf.Object) cmf.Object {
	stored := old.String("job", "jarURI")
	if sent := spec.String("job", "jarURI"); sent != stored && sent != "" && sent == redactedJar(stored) {
		return spec.With(stored, "job", "jarURI")
	}
	return spec
}
