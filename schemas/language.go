package schemas

import (
	"bytes"
	"encoding/json"

	"vramcalc/calc/say"
)

// LanguageOf is the language that arguments ask to be answered in, English
// where they name none. It reads refused arguments too: their problems are to
// be told in it.
func LanguageOf(arguments []byte) say.Language {
	const name = "language"
	var members map[string]json.RawMessage
	if !bytes.Contains(arguments, []byte(name)) || json.Unmarshal(arguments, &members) != nil {
		return say.English
	}
	var l say.Language
	if json.Unmarshal(members[name], &l) != nil {
		return say.English
	}
	return l
}
