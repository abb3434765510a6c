namespace EvsNative.Pipelines.Settings;

/// <summary>The scores of the paper: which, and where the weights of their networks are.</summary>
public static class ScoreSettings
{
    /// <summary>The group.</summary>
    public static SettingGroup Group { get; } = new("scores", isTold: false);

    /// <summary>A folder with the weights of all.</summary>
    public static Setting<string> Judges { get; } = Group.Add(new Setting<string>(
        "judges", Wordings.Text("FOLDER"), "a folder with the files of the five settings below, under their usual names")
    {
        Example = "judges",
    });

    /// <summary>Weights for motion smoothness.</summary>
    public static Setting<string> Amt { get; } = Group.Add(new Setting<string>(
        "amt", Wordings.Text("FILE"), "weights of AMT-S, amt-s.pth, for motion smoothness")
    {
        Example = "amt-s.pth",
    });

    /// <summary>Weights for subject consistency.</summary>
    public static Setting<string> Dino { get; } = Group.Add(new Setting<string>(
        "dino", Wordings.Text("FILE"), "weights of DINO ViT-B/16, dino_vitbase16_pretrain.pth, for subject consistency")
    {
        Example = "dino_vitbase16_pretrain.pth",
    });

    /// <summary>Weights of DOVER.</summary>
    public static Setting<string> Dover { get; } = Group.Add(new Setting<string>(
        "dover", Wordings.Text("FILE"), "weights of DOVER, DOVER.pth")
    {
        Example = "DOVER.pth",
    });

    /// <summary>Weights of the aesthetic predictor's own layers.</summary>
    public static Setting<string> Aesthetic { get; } = Group.Add(new Setting<string>(
        "aesthetic", Wordings.Text("FILE"), "the head of Aesthetic Predictor V2.5, aesthetic_predictor_v2_5.pth; wants --siglip too")
    {
        Example = "aesthetic_predictor_v2_5.pth",
    });

    /// <summary>Weights of what the aesthetic predictor stands on.</summary>
    public static Setting<string> Siglip { get; } = Group.Add(new Setting<string>(
        "siglip", Wordings.Text("FILE"), "SigLIP so400m/14 at 384 pixels, model.safetensors; wants --aesthetic too")
    {
        Example = "model.safetensors",
    });

    /// <summary>Which scores.</summary>
    public static Setting<IReadOnlyList<ScoreKind>> Scores { get; } = Group.Add(new Setting<IReadOnlyList<ScoreKind>>(
        "scores", ScoreWords.Several, "which scores: ms, sc, dover, ap")
    {
        Default = "all whose weights are there",
        Example = "ms,sc",
        Resolve = kinds => kinds ?? ScoreWords.All,
    });

    /// <summary>Seed of DOVER's fragments.</summary>
    public static Setting<int> DoverSeed { get; } = Group.Add(new Setting<int>(
        "dover-seed", Wordings.Whole, "seed of the places where DOVER cuts its fragments; the original's are random")
    {
        Default = "42",
        Example = "7",
        Between = new SettingRange(0, double.PositiveInfinity),
    });

    /// <summary>How often fragments are drawn.</summary>
    public static Setting<int> DoverSamples { get; } = Group.Add(new Setting<int>(
        "dover-samples", Wordings.Whole, "how often fragments are cut, with one seed after the other: mean and spread are told")
    {
        Default = "1",
        Example = "3",
        Between = new SettingRange(1, 1000),
    });

    /// <summary>How DOVER's aesthetic branch sees frames.</summary>
    public static Setting<bool> DoverAntialias { get; } = Group.Add(new Setting<bool>(
        "dover-antialias", Wordings.Flag, "make frames small for DOVER's aesthetic branch as torchvision does from 0.17 on")
    {
        Example = "true",
    });
}
