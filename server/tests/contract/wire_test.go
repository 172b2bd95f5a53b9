package contract

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/httpapi"
	"drey/server/servertest"
)

// wire sends bytes as they are and reads one answer.
func wire(t *testing.T, conn net.Conn, method, text string) (*http.Response, string) {
	t.Helper()
	if err := conn.SetDeadline(time.Now().Add(servertest.Patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatalf("send %.60q: %v", text, err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("answer to %.60q: %v", text, err)
	}
	defer response.Body.Close()
	var content io.Reader = response.Body
	if response.Header.Get("Content-Encoding") == "gzip" {
		if content, err = gzip.NewReader(content); err != nil {
			t.Fatal(err)
		}
	}
	body, err := io.ReadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// TestWhatClientsWriteOnTheWire has the ways in which HTTP libraries differ.
func TestWhatClientsWriteOnTheWire(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", ""))
	address := strings.TrimPrefix(servertest.Serving(t, w), "http://")
	const base = cmf.BasePath + "/environments"
	env := func(name string) string { return `{"name":"` + name + `","kubernetesNamespace":"x"}` }
	chunked := func(parts ...string) string {
		out := ""
		for _, part := range append(parts, "") {
			out += fmt.Sprintf("%x\r\n%s\r\n", len(part), part)
		}
		return out
	}
	length := func(body string) string { return "Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body }
	for _, one := range []struct {
		name    string
		request string
		status  int
		want    string
	}{
		{"HTTP/1.0 without a host", "GET " + base + " HTTP/1.0\r\n\r\n", 200, `"prod"`},
		{"HTTP/1.0 with another host", "GET " + base + " HTTP/1.0\r\nHost: evil.example\r\n\r\n", 403, "loopback"},
		{"HTTP/1.0 that stays", "GET " + base + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, `"prod"`},
		{"a whole URL, as through a proxy", "GET http://localhost:80" + base + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, `"prod"`},
		{"chunks", "POST " + base + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(`{"name":"chun`, `ked","kubernetesNamespace":"x"}`), 200, `"chunked"`},
		{"a charset", "POST " + base + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json; charset=utf-8\r\n" + length(env("char")), 200, `"char"`},
		{"a charset in capitals, without blank", "POST " + base + " HTTP/1.1\r\nHost: localhost\r\ncontent-type: Application/JSON;charset=UTF-8\r\n" + length(env("capi")), 200, `"capi"`},
		{"half a charset", "POST " + base + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json; charset\r\n" + length(env("half")), 200, `"half"`},
		{"no type", "POST " + base + " HTTP/1.1\r\nHost: localhost\r\n" + length(env("none")), 200, `"none"`},
		{"a byte order mark", "POST " + base + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + length("\uFEFF"+env("mark")), 200, `"mark"`},
		{"a form", "POST " + base + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n" + length("name=a"), 415, "Content-Type"},
		{"a packed body", "POST " + base + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n" + length("\x1f\x8b\x08"), 415, "Content-Encoding"},
		{"packed answers are welcome", "GET " + base + " HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n", 200, `"prod"`},
		{"an action without a body", "POST " + cmf.BasePath + "/" + servertest.ProdApps + "/orders/suspend HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n", 200, `"orders"`},
		{"an action with a body", "POST " + cmf.BasePath + "/" + servertest.ProdApps + "/orders/start HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + length("{}"), 200, `"orders"`},
		{"an action of neither", "POST " + cmf.BasePath + "/" + servertest.ProdApps + "/orders/start HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", 304, ""},
		{"a body with a GET", "GET " + base + " HTTP/1.1\r\nHost: localhost\r\n" + length("{}"), 200, `"prod"`},
		{"a slash at the end", "GET " + base + "/prod/?size=1 HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, `"prod"`},
		{"a name in escapes", "GET " + base + "/%70rod HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, `"prod"`},
		{"a path in escapes", "GET /cmf/api/v1/%65nvironments HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, `"prod"`},
		{"HEAD", "HEAD " + base + "/prod HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, ""},
		{"HEAD of nothing", "HEAD " + base + "/nope HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, ""},
		{"OPTIONS", "OPTIONS " + base + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, "method not allowed"},
		{"PATCH", "PATCH " + base + "/prod HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/merge-patch+json\r\n" + length("{}"), 405, "method not allowed"},
		{"PUT of what is posted", "PUT " + base + "/prod HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + length(env("prod")), 405, "method not allowed"},
		{"an own method", "BREW " + base + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, "method not allowed"},
		{"a semicolon", "GET " + base + "?a;b HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "query: malformed"},
		{"JSON preferred", "GET " + base + " HTTP/1.1\r\nHost: localhost\r\nAccept: application/json, application/yaml\r\n\r\n", 200, `{"pageable"`},
		{"YAML preferred by q", "GET " + base + " HTTP/1.1\r\nHost: localhost\r\nAccept: application/json;q=0.5\r\nAccept: application/yaml\r\n\r\n", 200, "items:\n"},
		{"neither", "GET " + base + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/html, */*;q=0.1\r\n\r\n", 200, `{"pageable"`},
		{"a slow body that is awaited", "POST " + base + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n" + length(env("expe")), 100, ""},
		{"too much, asked for first", "POST " + base + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 33554432\r\n\r\n", 413, "10 MB"},
	} {
		t.Run(one.name, func(t *testing.T) {
			method, _, _ := strings.Cut(one.request, " ")
			response, body := wire(t, servertest.Dial(t, address), method, one.request)
			if response.StatusCode != one.status || !strings.Contains(body, one.want) {
				t.Errorf("got %d %s, want %d with %s", response.StatusCode, body, one.status, one.want)
			}
			if response.StatusCode == 405 && response.Header.Get("Allow") == "" {
				t.Error("405 without Allow")
			}
			if method == "HEAD" && response.Header.Get("Content-Length") == "" {
				t.Error("HEAD tells no length")
			}
		})
	}
}

// TestABodyOf32MBIsRefusedToThoseWhoSendAllOfIt: who writes everything before
// reading gets an answer, not a broken connection; and the server takes none
// of it into memory.
func TestABodyOf32MBIsRefusedToThoseWhoSendAllOfIt(t *testing.T) {
	address := strings.TrimPrefix(servertest.Serving(t, servertest.NewWorld(t)), "http://")
	conn := servertest.Dial(t, address)
	if err := conn.SetDeadline(time.Now().Add(servertest.Patience)); err != nil {
		t.Fatal(err)
	}
	_, err := io.WriteString(
		conn,
		"POST "+cmf.BasePath+
			"/environments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 33554432\r\n\r\n",
	)
	if err != nil {
		t.Fatal(err)
	}
	piece := bytes.Repeat([]byte(" "), 1<<20)
	for range 32 {
		if _, err := conn.Write(piece); err != nil {
			t.Fatalf("the server hung up before the end: %v", err)
		}
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answers cmf.RestError
	if err := json.NewDecoder(response.Body).Decode(&answers); err != nil || response.StatusCode != 413 ||
		answers.Errors[0].Message != "body: larger than 10 MB" {
		t.Errorf("got %d %v, %v, want 413 in the API's shape", response.StatusCode, answers, err)
	}
}

// TestEveryPathTellsItsMethods asks each path with every method that it has not.
func TestEveryPathTellsItsMethods(t *testing.T) {
	w := servertest.NewWorld(t)
	methods := map[string]map[string]bool{}
	for _, route := range w.Handler().(*httpapi.API).Routes() {
		if methods[route.Pattern] == nil {
			methods[route.Pattern] = map[string]bool{}
		}
		methods[route.Pattern][route.Method] = true
		if route.Method == "GET" {
			methods[route.Pattern]["HEAD"] = true
		}
	}
	for pattern, has := range methods {
		target := strings.NewReplacer("{env}", "e", "{parent}", "p", "{name}", "n").Replace(pattern)
		for _, method := range []string{
			"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "BREW",
		} {
			rec := w.Call(method, target, "")
			allow := strings.Split(rec.Header().Get("Allow"), ", ")
			if has[method] {
				if rec.Code == 405 {
					t.Errorf("%s %s: got 405", method, target)
				}
				continue
			}
			if rec.Code != 405 || len(allow) != len(has) {
				t.Errorf("%s %s: got %d with Allow %v, want 405 with %v", method, target, rec.Code, allow, has)
			}
			for _, one := range allow {
				if !has[one] {
					t.Errorf("%s %s: Allow has %s", method, target, one)
				}
			}
		}
	}
}

func TestIfNoneMatchIsUnderstoodInAllItsForms(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	const target = "environments/prod"
	etag := w.Call("GET", target, "").Header().Get("ETag")
	for given, want := range map[string]int{
		etag: 304, "W/" + etag: 304, `"a", ` + etag: 304, `W/"a",W/` + etag + `,"b"`: 304, "*": 304,
		"\t" + etag + " ": 304,
		`"a"`:             200, strings.Trim(etag, `"`): 200, strings.ToLower(etag): 200, `""`: 200, "W/*": 200,
	} {
		if rec := w.Call("GET", target, "", "If-None-Match", given); rec.Code != want ||
			want == 304 && rec.Body.Len() > 0 {
			t.Errorf("%s: got %d with %d bytes, want %d", given, rec.Code, rec.Body.Len(), want)
		}
	}
	if rec := w.Call("HEAD", target, "", "If-None-Match", etag); rec.Code != 304 {
		t.Errorf("HEAD: got %d, want 304", rec.Code)
	}
	if rec := w.Call("GET", "environments/nope", "", "If-None-Match", "*"); rec.Code != 404 {
		t.Errorf("of what is missing: got %d, want 404", rec.Code)
	}
	if rec := w.Call("DELETE", target, "", "If-None-Match", "*"); rec.Code != 409 {
		t.Errorf("of a write: got %d, want that it is not looked at", rec.Code)
	}
}
