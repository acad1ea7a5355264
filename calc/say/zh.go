package say

import "maps"

// chinese is the table of Chinese messages by their English format. A new area
// is a file zh_<area>.go with a map of its own and a line here.
var chinese = together(
	zhWords,
	zhSymbols,
	zhLayers,
	zhCatalog,
	zhOom,
	zhReport,
	zhSchemas,
	zhAdvise,
	zhCheck,
)

func together(areas ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, area := range areas {
		maps.Copy(all, area)
	}
	return all
}

// zhWords are what stands between texts.
var zhWords = map[string]string{
	" and ": " 和 ",
	", ":    "、",
	"; ":    "；",
	". ":    "。",
	" ":     "",
}
