package say

import "reflect"

var textType = reflect.TypeFor[Text]()

// In is a value whose Texts are in a language: those in its fields, and in what
// its pointers, slices and interfaces hold, which it shares with the value.
func In[T any](v T, l Language) T {
	set(reflect.ValueOf(&v).Elem(), l)
	return v
}

// set walks a value that can be set. Maps hold arguments, not prose.
func set(v reflect.Value, l Language) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			set(v.Elem(), l)
		}
	case reflect.Interface:
		if !v.IsNil() {
			held := reflect.New(v.Elem().Type()).Elem()
			held.Set(v.Elem())
			set(held, l)
			v.Set(held)
		}
	case reflect.Slice:
		for i := range v.Len() {
			set(v.Index(i), l)
		}
	case reflect.Struct:
		if v.Type() == textType {
			v.Set(reflect.ValueOf(v.Interface().(Text).In(l)))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				set(v.Field(i), l)
			}
		}
	}
}
