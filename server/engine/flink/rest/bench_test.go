package rest

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"drey/client/flinkrest"
)

// BenchmarkPages fetches pages of 5,000 rows into one page, as the engine does.
func BenchmarkPages(b *testing.B) {
	var body bytes.Buffer
	body.WriteString(
		`{"resultType":"PAYLOAD","isQueryResult":true,"jobID":"0b","resultKind":"SUCCESS_WITH_CONTENT",` +
			`"results":{"columns":[{"name":"id","logicalType":{"type":"BIGINT","nullable":true},` +
			`"comment":null},{"name":"s","logicalType":{"type":"VARCHAR","nullable":true,` +
			`"length":2147483647},"comment":null}],"rowFormat":"PLAIN_TEXT","data":[`,
	)
	for i := range 5000 {
		if i > 0 {
			body.WriteByte(',')
		}
		body.WriteString(`{"kind":"INSERT","fields":["` + strconv.Itoa(i) + `","0123456789abcdefghij"]}`)
	}
	body.WriteString(`]},"nextResultUri":"/v2/sessions/a/operations/b/result/1?rowFormat=PLAIN_TEXT"}`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
		_, _ = w.Write(body.Bytes())
	}))
	defer server.Close()
	c, err := New("SQL Gateway", Endpoint{URL: server.URL})
	if err != nil {
		b.Fatal(err)
	}
	g := flinkrest.Gateway{Transport: c}
	var page flinkrest.Page
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if err := g.Read(
			b.Context(), "/v2/sessions/a/operations/b/result/0", flinkrest.PlainText, &page,
		); err != nil || len(page.Rows) != 5000 {
			b.Fatal(err, len(page.Rows))
		}
	}
	b.ReportMetric(5000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
