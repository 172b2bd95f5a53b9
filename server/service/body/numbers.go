package body

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"

	"drey/server/model"
)

// checkNumbers refuses the numbers of a decoded body that do not fit their
// format on the wire.
func checkNumbers(v reflect.Value, path string) error {
	switch v.Kind() {
	case reflect.Int:
		if n := v.Int(); n < math.MinInt32 || n > math.MaxInt32 {
			return model.Invalid("%s: want a whole number from %d to %d, got %d", path, math.MinInt32, math.MaxInt32, n)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return checkNumbers(v.Elem(), path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if name == "" || name == "-" {
				continue
			}
			if err := checkNumbers(v.Field(i), strings.TrimPrefix(path+"."+name, ".")); err != nil {
				return err
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return nil // a document, or text
		}
		for i := range v.Len() {
			if err := checkNumbers(v.Index(i), path+"["+strconv.Itoa(i)+"]"); err != nil {
				return err
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if err := checkNumbers(v.MapIndex(key), path+"."+Clip(key.String())); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkFinite refuses numbers that no double holds, wherever they stand.
func checkFinite(body []byte) error {
	if !hasInfinite(body) {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	path, _ := infiniteAt(dec, "")
	return model.Invalid("%s: the number is larger than a double holds", orBody(strings.TrimPrefix(path, ".")))
}

// infiniteAt reads one value and returns the path of the first number in it that
// is not finite, "" and false where all are.
func infiniteAt(dec *json.Decoder, at string) (string, bool) {
	token, err := dec.Token()
	if err != nil {
		return "", false
	}
	switch token := token.(type) {
	case json.Number:
		_, err := token.Float64()
		return at, err != nil
	case json.Delim:
		for i := 0; dec.More(); i++ {
			inner := at + "[" + strconv.Itoa(i) + "]"
			if token == '{' {
				name, _ := dec.Token()
				text, _ := name.(string)
				inner = at + "." + Clip(text)
			}
			if path, found := infiniteAt(dec, inner); found {
				return path, true
			}
		}
		_, _ = dec.Token() // the end
	}
	return "", false
}

// hasInfinite looks at each number of a document once.
func hasInfinite(doc []byte) bool {
	for i := 0; i < len(doc); i++ {
		switch c := doc[i]; {
		case c == '"':
			for i++; i < len(doc) && doc[i] != '"'; i++ {
				if doc[i] == '\\' {
					i++
				}
			}
		case c == '-' || c >= '0' && c <= '9':
			begin := i
			for i < len(doc) && strings.IndexByte("+-.eE0123456789", doc[i]) >= 0 {
				i++
			}
			text := doc[begin:i]
			i--
			if len(text) < 5 && strings.IndexByte(string(text), 'e') < 0 && strings.IndexByte(string(text), 'E') < 0 {
				continue
			}
			if _, err := strconv.ParseFloat(string(text), 64); err != nil {
				return true
			}
		}
	}
	return false
}
