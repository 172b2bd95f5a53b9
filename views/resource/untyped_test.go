package resource

import (
	"context"
	"reflect"
	"testing"
)

// Each member is filled by reflection, so one that Untyped forgets is found when it is added.
func TestNothingOfAKindIsLostUntyped(t *testing.T) {
	p := Untyped(filled(reflect.TypeFor[Kind[int]](), 0).Interface().(Kind[int]))
	batch, _, _ := anySource[int]{three{}}.Next(context.Background())
	for _, v := range []any{
		p, p.Columns[0], *p.Columns[0].Fill, p.Actions[0], p.Pages[0], *p.Editor, batch,
		untypedStage(filled(reflect.TypeFor[Stage[int]](), 0).Interface().(Stage[int])),
	} {
		of := reflect.ValueOf(v)
		for i := range of.NumField() {
			if of.Field(i).IsZero() {
				t.Errorf("%s of %T is lost", of.Type().Field(i).Name, v)
			}
		}
	}
	if len(batch.Items) != 3 || *batch.Items[2].Value.(*int) != 3 || batch.Items[2].Scope != "here" {
		t.Errorf("three items are %v untyped", batch.Items)
	}
	nothing := Untyped(Kind[int]{})
	nothing.parse = nil
	if !reflect.ValueOf(nothing).IsZero() {
		t.Errorf("an empty kind is %+v untyped", nothing)
	}
}

func TestNoObjectIsTheZeroValue(t *testing.T) {
	p := Untyped(Kind[int]{NameOf: func(i int) string { return string(rune('a' + i)) }})
	two := 2
	if none, c := p.NameOf(nil), p.NameOf(&two); none != "a" || c != "c" {
		t.Errorf("names untyped are %q and %q", none, c)
	}
}

func TestWhatASourceCanDoIsAskedThroughIt(t *testing.T) {
	var s Source[any] = anySource[int]{three{}}
	forced, ok := As[interface{ Force() int }](s)
	if !ok || forced.Force() != 3 {
		t.Error("what the source can do is not found behind it")
	}
	if _, ok := As[interface{ Close() }](s); ok {
		t.Error("a source can do what it cannot")
	}
}

type three struct{}

func (three) Next(context.Context) (Batch[int], bool, error) {
	at := &Location{Scope: "here"}
	return Batch[int]{
		Items: []Item[int]{{at, 1}, {at, 2}, {at, 3}}, Unread: []Unread{{Location: at}}, Missing: "one", Partial: true,
	}, true, nil
}

func (three) Force() int { return 3 }

// filled is a value of a type with something in each of its members.
func filled(of reflect.Type, depth int) reflect.Value {
	v := reflect.New(of).Elem()
	switch of.Kind() {
	case reflect.Struct:
		for i := range of.NumField() {
			if of.Field(i).IsExported() && depth < 6 {
				v.Field(i).Set(filled(of.Field(i).Type, depth+1))
			}
		}
	case reflect.Func:
		v.Set(reflect.MakeFunc(of, func([]reflect.Value) []reflect.Value {
			out := make([]reflect.Value, of.NumOut())
			for i := range out {
				out[i] = reflect.Zero(of.Out(i))
			}
			return out
		}))
	case reflect.Slice:
		v.Set(reflect.Append(v, filled(of.Elem(), depth+1)))
	case reflect.Pointer:
		v.Set(reflect.New(of.Elem()))
		if depth < 4 {
			v.Elem().Set(filled(of.Elem(), depth+1))
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString("x")
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint8:
		v.SetUint(1)
	case reflect.Map:
		v.Set(reflect.MakeMap(of))
	}
	return v
}
