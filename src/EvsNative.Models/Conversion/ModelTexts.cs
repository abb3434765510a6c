using System.Text.Json;

namespace EvsNative.Models;

/// <summary>What stands beside the networks in the folder of a model.</summary>
internal static class ModelTexts
{
    /// <summary>tokenizer/tokenizer_config.json.</summary>
    public const string Tokenizer = """{ "tokenizer_class": "CLIPTokenizer", "model_max_length": 77 }""";

    /// <summary>scheduler/scheduler_config.json of Stable Diffusion 1.5.</summary>
    public const string Scheduler = """
        {
          "_class_name": "DDIMScheduler",
          "beta_start": 0.00085,
          "beta_end": 0.012,
          "beta_schedule": "scaled_linear",
          "num_train_timesteps": 1000,
          "clip_sample": false,
          "set_alpha_to_one": false,
          "steps_offset": 1,
          "timestep_spacing": "leading",
          "prediction_type": "epsilon"
        }
        """;

    /// <summary>The text of model_index.json.</summary>
    /// <param name="hasTokenizer">whether there is a tokenizer</param>
    /// <param name="scheduler">the class that scheduler_config.json names</param>
    /// <param name="mark">a key that is set, if any; diffusers passes over keys that begin with an underscore</param>
    public static string Index(bool hasTokenizer, string scheduler, string? mark = null) => ConfigWriter.Text(json =>
    {
        json.WriteString("_class_name", "StableDiffusionPipeline");
        if (mark is not null) json.WriteBoolean(mark, true);
        Write(json, "unet", "diffusers", ModelPartKind.UNet.ClassName);
        Write(json, "vae", "diffusers", ModelPartKind.Vae.ClassName);
        Write(json, "text_encoder", "transformers", ModelPartKind.TextEncoder.ClassName);
        if (hasTokenizer) Write(json, "tokenizer", "transformers", "CLIPTokenizer");
        Write(json, "scheduler", "diffusers", scheduler);
    });

    private static void Write(Utf8JsonWriter json, string part, string library, string name)
    {
        json.WriteStartArray(part);
        json.WriteStringValue(library);
        json.WriteStringValue(name);
        json.WriteEndArray();
    }
}
