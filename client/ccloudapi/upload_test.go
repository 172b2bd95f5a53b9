package ccloudapi_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/client/ccloudapi/ccloudtest"
	"drey/client/fault"
)

func newUpload(size int) ccloudapi.Upload {
	return ccloudapi.Upload{
		Environment: ccloudtest.Environment, FileName: "functions.jar", Size: int64(size),
		Content: bytes.NewReader(bytes.Repeat([]byte("j"), size)),
		Artifact: ccloud.NewArtifact{
			DisplayName: "mine", Cloud: "AWS", Region: ccloudtest.Region, ContentFormat: "JAR", RuntimeLanguage: "JAVA",
			Class: "io.acme.Sum",
		},
	}
}

// TestAnArtifactIsUploaded sends three requests, of which the store's host hears no
// credentials; ccloudtest fails where it does.
func TestAnArtifactIsUploaded(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	api := open(t, s, func(c *ccloudapi.Config) {
		c.Server.Headers = map[string]string{"Confluent-Identity-Pool-Id": "pool-1"}
	})
	var heard []string
	var most int64
	a, err := api.Upload(t.Context(), newUpload(1<<20), func(at int, host string, sent int64) {
		if text := fmt.Sprint(at, host != ""); len(heard) == 0 || heard[len(heard)-1] != text {
			heard = append(heard, text)
		}
		most = max(most, sent)
	})
	if err != nil || a.ID == "" || a.DisplayName != "mine" {
		t.Fatalf("%+v, %v", a, err)
	}
	if got := strings.Join(heard, " "); got != "0 false 1 true 2 false" || most < 1<<19 {
		t.Errorf("heard %s, of %d bytes", got, most)
	}
	if n := len(s.File("mine")); n != 1<<20 {
		t.Errorf("%d bytes came", n)
	}
	want := []string{"POST " + ccloud.PresignedPath, "POST " + ccloud.ArtifactsPath}
	if got := s.Changes(); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("sent %q", got)
	}
	for _, call := range api.Transport().Calls().All() {
		if text := fmt.Sprintf("%+v %s", call, call.RequestBody); strings.Contains(text, ccloudtest.FormSignature) ||
			strings.Contains(text, ccloudtest.Secret) {
			t.Errorf("the log of calls has a secret: %s", text)
		}
	}
}

// TestAnArtifactIsUploadedToASignedAddress has a form without fields.
func TestAnArtifactIsUploadedToASignedAddress(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{NoForm: true})
	api := open(t, s)
	var most int64
	if _, err := api.Upload(t.Context(), newUpload(1<<20), func(_ int, _ string, sent int64) {
		most = max(most, sent)
	}); err != nil {
		t.Fatal(err)
	}
	if n := len(s.File("mine")); n != 1<<20 || most < 1<<19 {
		t.Errorf("%d bytes came, %d were told of", n, most)
	}
	for _, call := range api.Transport().Calls().All() {
		if strings.Contains(fmt.Sprintf("%+v", call), ccloudtest.FormSignature) {
			t.Errorf("the log of calls has a signature: %+v", call)
		}
	}
}

// TestAFileThatIsNotTaken says why, and makes no artifact.
func TestAFileThatIsNotTaken(t *testing.T) {
	for name, c := range map[string]struct {
		quirks ccloudtest.Quirks
		size   int
		want   string
	}{
		"larger than the form says": {ccloudtest.Quirks{}, ccloudtest.LargestFile + 1, "the server takes 4194304 at most"},
		"larger than the store":     {ccloudtest.Quirks{NoPolicyLimit: true}, ccloudtest.LargestFile + 1, "EntityTooLarge: Your proposed upload exceeds the maximum allowed size"},
		"a store that fails":        {ccloudtest.Quirks{StoreFails: true}, 10, "SlowDown: Please reduce your request rate. (503): upload again later; no artifact was made"},
		"a form that is too old":    {ccloudtest.Quirks{StoreRefuses: "AccessDenied: Invalid according to Policy: Policy expired."}, 10, "is over: upload again, which asks for a new form"},
		"a token that is too old":   {ccloudtest.Quirks{StoreRefuses: "ExpiredToken: The provided token has expired."}, 10, "is over: upload again"},
		"an address that is":        {ccloudtest.Quirks{NoForm: true, StoreRefuses: "AuthenticationFailed: Signature not valid in the specified time frame"}, 10, "is over: upload again"},
		"a form that is refused":    {ccloudtest.Quirks{StoreRefuses: "SignatureDoesNotMatch: The request signature we calculated does not match"}, 10, "SignatureDoesNotMatch: The request signature we calculated does not match (403): upload again, which asks for a new form; if that"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ccloudtest.New(t, c.quirks)
			_, err := open(t, s).Upload(t.Context(), newUpload(c.size), func(int, string, int64) {})
			if err == nil || !strings.Contains(err.Error(), c.want) ||
				strings.Contains(err.Error(), ccloudtest.FormSignature) || fault.Of(err).Lost {
				t.Errorf("got %v", err)
			}
			if n := len(s.Changes()); n != 1 {
				t.Errorf("%d requests to the control plane, want the one for the form", n)
			}
		})
	}
}

// TestAFileGoesToTheSignedAddressAlone counts who was asked, by their names.
func TestAFileGoesToTheSignedAddressAlone(t *testing.T) {
	t.Parallel()
	w := ccloudtest.NewWorld(t, ccloudtest.Quirks{}, ccloudtest.Region)
	a, err := openWorld(t, w, ccloudtest.Region).Upload(t.Context(), newUpload(1000), func(int, string, int64) {})
	if err != nil || a.DisplayName != "mine" || len(w.Control.File("mine")) != 1000 || w.Control.StoreAsked() != 1 {
		t.Errorf("%+v, %v, the store was asked %d times", a, err, w.Control.StoreAsked())
	}
	if want := []string{"api.confluent.cloud:443", ccloudtest.StoreHost + ":443"}; !slices.Equal(w.Asked(), want) {
		t.Errorf("asked %q, want %q", w.Asked(), want)
	}
}

// TestAReadOnlyContextUploadsNothing refuses the first request.
func TestAReadOnlyContextUploadsNothing(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	_, err := open(t, s, func(c *ccloudapi.Config) { c.Server.ReadOnly = true }).Upload(
		t.Context(), newUpload(10), func(int, string, int64) {},
	)
	if !fault.Is(err, fault.ReadOnly) || len(s.Changes()) != 0 {
		t.Errorf("%v, %v", err, s.Changes())
	}
}
