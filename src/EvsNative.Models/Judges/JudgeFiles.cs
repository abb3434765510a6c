using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>The judges' files: what they are, and where they lie in a folder. None of them is shipped or fetched unasked.</summary>
public static class JudgeFiles
{
    private static readonly JudgeFacts[] Rows =
    [
        new(JudgeKind.Amt, "amt", "AMT-S", "amt-s.pth", "the hub (evsnative pull amt-s)",
            "AMT: CC BY-NC 4.0, not for commercial use (the repository's; the weights name none of their own)")
        {
            PullWord = "amt-s",
            Place = new HubName("lalala125", "AMT", File: "amt-s.pth"),
            Page = "github.com/MCG-NKU/AMT",
            IsLimited = true,
            OtherNames = ["amt-s.safetensors"],
        },
        new(JudgeKind.Dino, "dino", "DINO ViT-B/16", "dino_vitbase16_pretrain.pth",
            "dl.fbaipublicfiles.com/dino or from the hub (evsnative pull dino)", "DINO: Apache-2.0")
        {
            Place = new HubName("facebook", "dino-vitb16"),
            Page = "github.com/facebookresearch/dino",
            OtherNames =
            [
                "dino_vitbase16_pretrain.safetensors", "dino-vitb16.safetensors", "dino-vitb16/model.safetensors",
                "dino-vitb16/pytorch_model.bin",
            ],
        },
        new(JudgeKind.Dover, "dover", "DOVER", "DOVER.pth",
            "the hub (evsnative pull dover) or from github.com/VQAssessment/DOVER/releases (v0.1.0)",
            "DOVER: S-Lab License 1.0, not for commercial use")
        {
            Place = new HubName("teowu", "DOVER", File: "DOVER.pth"),
            Page = "github.com/VQAssessment/DOVER",
            IsLimited = true,
            OtherNames = ["DOVER.safetensors"],
        },
        new(JudgeKind.AestheticHead, "aesthetic", "Aesthetic Predictor V2.5", "aesthetic_predictor_v2_5.pth",
            "github.com/discus0434/aesthetic-predictor-v2-5 (models/)", "Aesthetic Predictor V2.5: AGPL-3.0")
        {
            Page = "github.com/discus0434/aesthetic-predictor-v2-5",
            IsLimited = true,
            OtherNames = ["aesthetic_predictor_v2_5.safetensors"],
        },
        new(JudgeKind.Siglip, "siglip", "SigLIP so400m/14 for 384 pixels", "model.safetensors",
            "the hub (evsnative pull siglip)", "SigLIP: Apache-2.0")
        {
            Place = new HubName("google", "siglip-so400m-patch14-384", File: "model.safetensors"),
            OtherNames =
            [
                "siglip-so400m-patch14-384/model.safetensors", "siglip-so400m-patch14-384/pytorch_model.bin",
                "siglip-so400m-patch14-384.safetensors",
            ],
        },
    ];

    /// <summary>All judges, in the order of <see cref="JudgeKind"/>.</summary>
    public static IReadOnlyList<JudgeFacts> All => Rows;

    /// <summary>What is known of a judge's file.</summary>
    public static JudgeFacts Of(JudgeKind kind) => Rows[(int)kind];

    /// <summary>The file of a judge in a folder of judges, by the names that people have for it; null if none is there.</summary>
    /// <param name="folder">the folder</param>
    /// <param name="kind">which judge</param>
    /// <exception cref="InputException">there is no such folder</exception>
    public static string? Find(string folder, JudgeKind kind) => Directory.Exists(folder)
        ? Of(kind).Names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        : throw new InputException(InputCode.NotFound, $"{folder}: no such folder: give the folder with the judges' files");
}
