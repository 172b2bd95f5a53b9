package body

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"

	"drey/client/cmf"
	"drey/server/model"
)

// DecodeBody reads a client's document into T. Members that neither T nor a
// free map of it has are dropped and named in the warnings.
func DecodeBody[T any](body []byte, kind string) (*T, []string, error) {
	object := new(T)
	if trimmed := bytes.TrimSpace(body); len(trimmed) == 0 || trimmed[0] != '{' {
		return nil, nil, model.Invalid("body: want an object")
	}
	if err := json.Unmarshal(body, object); err != nil {
		return nil, nil, bodyError(err)
	}
	if err := checkFinite(body); err != nil {
		return nil, nil, err
	}
	if err := checkNumbers(reflect.ValueOf(object).Elem(), ""); err != nil {
		return nil, nil, err
	}
	if err := checkKind(cmf.Object(body), kind); err != nil {
		return nil, nil, err
	}
	var unknown []string
	dropExtras(reflect.ValueOf(object).Elem(), "", &unknown)
	slices.Sort(unknown)
	var warnings []string
	for _, name := range unknown {
		warnings = append(warnings, "ignored unknown field "+name)
	}
	return object, warnings, nil
}

// checkKind wants what the specification requires of all but environments, and
// clusters, which its examples change by a part of them; any version is taken.
func checkKind(body cmf.Object, kind string) error {
	if kind == cmf.Environments.Name {
		return nil
	}
	if kind == cmf.KubernetesClusters.Name && (!missing(body, "metadata") || !missing(body, "spec")) {
		return sameKind(body, kind)
	}
	for _, member := range []string{"apiVersion", "kind", "metadata", "spec"} {
		if missing(body, member) {
			return model.Invalid("%s: must not be empty", member)
		}
	}
	return sameKind(body, kind)
}

func missing(body cmf.Object, member string) bool {
	raw := body.Get(member)
	return raw == nil || string(raw) == "null"
}

func sameKind(body cmf.Object, kind string) error {
	if sent := body.String("kind"); sent != "" && sent != kind {
		return model.Invalid("kind: must be %s, got '%s'", kind, Clip(sent))
	}
	return nil
}

// bodyError says where a document is wrong without Go's type names.
func bodyError(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		if strings.HasPrefix(wrong.Value, "number ") {
			return model.Invalid(
				"%s: want a whole number within its format, got %s", orBody(wrong.Field), Clip(wrong.Value),
			)
		}
		return model.Invalid("%s: want %s, got %s", orBody(wrong.Field), jsonType(wrong.Type), wrong.Value)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return model.Invalid("body: malformed JSON at byte %d: %s", syntax.Offset, syntax.Error())
	}
	return model.Invalid("body: %s", strings.TrimPrefix(err.Error(), "json: "))
}

func orBody(field string) string {
	if field == "" {
		return "body"
	}
	return field
}

func jsonType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Pointer:
		return jsonType(t.Elem())
	}
	return "a number"
}

var extraType = reflect.TypeFor[cmf.Extra]()

// dropExtras empties every Extra below v and notes the paths of its members.
func dropExtras(v reflect.Value, path string, unknown *[]string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			dropExtras(v.Elem(), path, unknown)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if field.Type == extraType {
				for name := range v.Field(i).Interface().(cmf.Extra) {
					*unknown = append(*unknown, path+name)
				}
				v.Field(i).SetZero()
				continue
			}
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			dropExtras(v.Field(i), path+name+".", unknown)
		}
	}
}

func Clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}
