package schemas_test

import (
	"regexp"
	"testing"

	"vramcalc/calc/check"
	"vramcalc/calc/say"
	"vramcalc/schemas"
)

// english is prose in English: three words in a row. Names, ids and values are
// shorter, in capitals or written together.
var english = regexp.MustCompile(`\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b`)

var han = regexp.MustCompile(`\p{Han}`)

// TestFindingsInChinese: what each rule says of its bad example leaves nothing
// in English.
func TestFindingsInChinese(t *testing.T) {
	for _, r := range check.All() {
		if r == check.NotJSON || r == check.TargetPattern {
			continue // they repeat what a parser says
		}
		for _, f := range findingsFor(r, r.Bad) {
			for _, text := range []say.Text{f.Message, f.Fix} {
				zh := text.In(say.Chinese).String()
				if zh != "" && !han.MatchString(zh) || english.MatchString(zh) {
					t.Errorf("%s: %q", f.ID, zh)
				}
			}
		}
	}
}

func TestLanguageOf(t *testing.T) {
	for arguments, want := range map[string]say.Language{
		`{"language":"zh"}`:                      say.Chinese,
		`{"language":"ZH","nonsense":[1,{}]}`:    say.Chinese,
		`{"language":"en"}`:                      say.English,
		`{"language":null}`:                      say.English,
		`{"language":"fr"}`:                      say.English,
		`{"language":5}`:                         say.English,
		`{"configurations":[{"language":"zh"}]}`: say.English,
		`{"modelId":"language"}`:                 say.English,
		`{"language":"zh"`:                       say.English,
		`[]`:                                     say.English,
		``:                                       say.English,
	} {
		if got := schemas.LanguageOf([]byte(arguments)); got != want {
			t.Errorf("%s: %v, want %v", arguments, got, want)
		}
	}
}
