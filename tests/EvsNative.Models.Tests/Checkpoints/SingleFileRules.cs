using System.Globalization;
using System.Text.RegularExpressions;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>
/// The way from a single file's names to diffusers', as rules of text: models.md 9.2 and 3.4. Written apart from the product's way in the
/// other direction.
/// </summary>
internal static class SingleFileRules
{
    private static readonly (string Old, string New)[] UNetLeaves =
    [
        (".in_layers.0.", ".norm1."), (".in_layers.2.", ".conv1."), (".emb_layers.1.", ".time_emb_proj."), (".out_layers.0.", ".norm2."),
        (".out_layers.3.", ".conv2."), (".skip_connection.", ".conv_shortcut."),
    ];

    private static readonly (string Old, string New)[] VaeParts =
    [
        (".nin_shortcut.", ".conv_shortcut."), (".norm_out.", ".conv_norm_out."),
        (".mid.block_1.", ".mid_block.resnets.0."), (".mid.block_2.", ".mid_block.resnets.1."),
        (".mid.attn_1.norm.", ".mid_block.attentions.0.group_norm."), (".mid.attn_1.proj_out.", ".mid_block.attentions.0.to_out.0."),
        (".mid.attn_1.", ".mid_block.attentions.0.to_"), (".block.", ".resnets."), (".downsample.", ".downsamplers.0."),
        (".upsample.", ".upsamplers.0."), (".down.", ".down_blocks."),
    ];

    public static string ToDiffusers(string name) => name.StartsWith("first_stage_model.", StringComparison.Ordinal)
        ? Vae(name["first_stage_model.".Length..])
        : UNet(name["model.diffusion_model.".Length..]);

    private static string Vae(string name)
    {
        string renamed = VaeParts.Aggregate(name, (current, part) => current.Replace(part.Old, part.New, StringComparison.Ordinal));
        return Regex.Replace(renamed, @"\.up\.(\d)\.", m => $".up_blocks.{3 - Number(m, 1)}.");
    }

    private static string UNet(string name)
    {
        string renamed = UNetLeaves.Aggregate(name, (current, leaf) => current.Replace(leaf.Old, leaf.New, StringComparison.Ordinal));
        renamed = Regex.Replace(renamed, @"^input_blocks\.0\.0\.", "conv_in.");
        renamed = Regex.Replace(renamed, @"^input_blocks\.(\d+)\.0\.op\.", m => $"down_blocks.{Down(m) / 3}.downsamplers.0.conv.");
        renamed = Regex.Replace(renamed, @"^input_blocks\.(\d+)\.([01])\.", m => $"down_blocks.{Down(m) / 3}.{Kind(m)}.{Down(m) % 3}.");
        renamed = Regex.Replace(renamed, @"^output_blocks\.(\d+)\.[12]\.conv\.", m => $"up_blocks.{Up(m) / 3}.upsamplers.0.conv.");
        renamed = Regex.Replace(renamed, @"^output_blocks\.(\d+)\.([01])\.", m => $"up_blocks.{Up(m) / 3}.{Kind(m)}.{Up(m) % 3}.");
        renamed = Regex.Replace(renamed, @"^middle_block\.1\.", "mid_block.attentions.0.");
        renamed = Regex.Replace(renamed, @"^middle_block\.([02])\.", m => $"mid_block.resnets.{Number(m, 1) / 2}.");
        renamed = Regex.Replace(renamed, @"^time_embed\.([02])\.", m => $"time_embedding.linear_{1 + (Number(m, 1) / 2)}.");
        return Regex.Replace(Regex.Replace(renamed, @"^out\.0\.", "conv_norm_out."), @"^out\.2\.", "conv_out.");
    }

    private static int Down(Match match) => Number(match, 1) - 1;

    private static int Up(Match match) => Number(match, 1);

    private static string Kind(Match match) => match.Groups[2].Value == "0" ? "resnets" : "attentions";

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
}
