using System.Security.Cryptography;
using System.Text;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Recipes;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Compare;

/// <summary>
/// One clip under one setting. Its frames lie in a folder whose name tells what they are made of, so that a folder that is there is this
/// very cell, finished, whatever comparison asks for it.
/// </summary>
/// <param name="Clip">the clip</param>
/// <param name="Variant">the setting; null for the clip as it was given</param>
/// <param name="Request">what makes it</param>
/// <param name="Frames">the folder of its frames; of a clip as it was given nothing lies there</param>
internal sealed record CompareCell(CompareClip Clip, CompareVariant? Variant, RefineRequest Request, string Frames)
{
    private const int Letters = 12, NameBytes = 60;

    /// <summary>The file of its numbers.</summary>
    public string NumbersFile => $"{Frames}.json";

    /// <summary>Of a variant.</summary>
    /// <param name="folder">where cells lie</param>
    /// <param name="clip">the clip</param>
    /// <param name="variant">the setting; null for the clip as it was given</param>
    /// <param name="open">makes a request of choices</param>
    /// <param name="stop">stops between two files that are hashed</param>
    /// <exception cref="InputException">choices that no run can have</exception>
    public static CompareCell Of(
        string folder, CompareClip clip, CompareVariant? variant, Func<Choices, RefineRequest> open, CancellationToken stop)
    {
        var choices = variant is null ? clip.Choices : variant.Choices.Over(clip.Choices);
        var request = open(choices);
        // Not the variant's name: one setting has one cell, whatever two sweeps call it.
        string name = NameLength.Cut(Slug(clip.Name), NameBytes) + (variant is null ? "-input" : "");
        return new CompareCell(clip, variant, request, Path.Combine(folder, $"{name}-{Fingerprint(request, stop)}"));
    }

    /// <summary>Tells two runs apart by all that their bytes depend on: settings, inputs by their content, the program's version.</summary>
    private static string Fingerprint(RefineRequest request, CancellationToken stop)
    {
        var prompts = request.PromptsOr("");
        var maker = new RecipeMaker(request.Choices, request.Choices.ApplyTo(new EvsConfig()))
        {
            Prompts = request.Choices.Says(ClipSettings.PromptFile) ? prompts.Given : null,
            TaggedLoras = prompts.Loras,
            DemoClip = request.Demo?.ClipFolder,
        };
        string recipe = maker.Make(device: "", precision: "", stop).ToLine();
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(recipe)))[..Letters];
    }

    /// <summary>Letters and digits that every disk takes, with single dashes between.</summary>
    private static string Slug(string name)
    {
        var slug = new StringBuilder();
        foreach (char letter in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(letter)) slug.Append(letter);
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        }

        return slug.ToString().TrimEnd('-');
    }
}
