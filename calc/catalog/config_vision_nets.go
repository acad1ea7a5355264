package catalog

// Shapes of image classifiers as a config.json tells them, and the name of the
// network that has it. torchvision's names come first, timm's where it has none.

// vitNets are keyed by patch, width, layers and heads.
var vitNets = map[string]string{
	"16 192 12 3":   "timm/vit_tiny_patch16_224",
	"16 384 12 6":   "timm/vit_small_patch16_224",
	"32 384 12 6":   "timm/vit_small_patch32_224",
	"8 768 12 12":   "timm/vit_base_patch8_224",
	"16 768 12 12":  "vit_b_16",
	"32 768 12 12":  "vit_b_32",
	"16 1024 24 16": "vit_l_16",
	"32 1024 24 16": "vit_l_32",
	"14 1280 32 16": "vit_h_14",
}

// swinNets are keyed by width, depths, heads and window.
var swinNets = map[string]string{
	"96 2,2,6,2 3,6,12,24 7":    "swin_t",
	"96 2,2,18,2 3,6,12,24 7":   "swin_s",
	"128 2,2,18,2 4,8,16,32 7":  "swin_b",
	"192 2,2,18,2 6,12,24,48 7": "timm/swin_large_patch4_window7_224",
}

// resnetNets are keyed by the kind of block, widths and depths.
var resnetNets = map[string]string{
	"basic 64,128,256,512 2,2,2,2":          "resnet18",
	"basic 64,128,256,512 3,4,6,3":          "resnet34",
	"bottleneck 256,512,1024,2048 3,4,6,3":  "resnet50",
	"bottleneck 256,512,1024,2048 3,4,23,3": "resnet101",
	"bottleneck 256,512,1024,2048 3,8,36,3": "resnet152",
}

// convnextNets are keyed by widths and depths.
var convnextNets = map[string]string{
	"96,192,384,768 3,3,9,3":    "convnext_tiny",
	"96,192,384,768 3,3,27,3":   "convnext_small",
	"128,256,512,1024 3,3,27,3": "convnext_base",
	"192,384,768,1536 3,3,27,3": "convnext_large",
}

// regnetNets are keyed by the kind of block, group width, widths and depths of
// the stages; the widths are those of pycls, as timm has them.
var regnetNets = map[string]string{
	"x 8 24,56,152,368 1,1,4,7":         "timm/regnetx_002",
	"x 16 32,64,160,384 1,2,7,12":       "timm/regnetx_004",
	"x 24 48,96,240,528 1,3,5,7":        "timm/regnetx_006",
	"x 16 64,128,288,672 1,3,7,5":       "timm/regnetx_008",
	"x 24 72,168,408,912 2,4,10,2":      "timm/regnetx_016",
	"x 48 96,192,432,1008 2,6,15,2":     "timm/regnetx_032",
	"x 40 80,240,560,1360 2,5,14,2":     "timm/regnetx_040",
	"x 56 168,392,784,1624 2,4,10,1":    "timm/regnetx_064",
	"x 120 80,240,720,1920 2,5,15,1":    "timm/regnetx_080",
	"x 112 224,448,896,2240 2,5,11,1":   "timm/regnetx_120",
	"x 128 256,512,896,2048 2,6,13,1":   "timm/regnetx_160",
	"x 168 336,672,1344,2520 2,7,13,1":  "timm/regnetx_320",
	"y 8 24,56,152,368 1,1,4,7":         "timm/regnety_002",
	"y 8 48,104,208,440 1,3,6,6":        "timm/regnety_004",
	"y 16 48,112,256,608 1,3,7,4":       "timm/regnety_006",
	"y 16 64,128,320,768 1,3,8,2":       "timm/regnety_008",
	"y 24 48,120,336,888 2,6,17,2":      "timm/regnety_016",
	"y 24 72,216,576,1512 2,5,13,1":     "timm/regnety_032",
	"y 64 128,192,512,1088 2,6,12,2":    "timm/regnety_040",
	"y 72 144,288,576,1296 2,7,14,2":    "timm/regnety_064",
	"y 56 168,448,896,2016 2,4,10,1":    "timm/regnety_080",
	"y 112 224,448,896,2240 2,5,11,1":   "timm/regnety_120",
	"y 112 224,448,1232,3024 2,4,11,1":  "timm/regnety_160",
	"y 232 232,696,1392,3712 2,5,12,1":  "timm/regnety_320",
	"y 264 528,1056,2904,7392 2,7,17,1": "timm/regnety_1280",
}
