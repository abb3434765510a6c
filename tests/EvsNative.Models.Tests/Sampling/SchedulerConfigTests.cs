using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Tests.Sampling;

public sealed class SchedulerConfigTests
{
    [Fact]
    public void Reads_what_checkpoints_ship()
    {
        var config = Parse("""
            {"_class_name": "PNDMScheduler", "beta_start": 0.001, "beta_end": 0.02, "beta_schedule": "linear", "num_train_timesteps": 500,
             "clip_sample": false, "set_alpha_to_one": true, "steps_offset": 2, "skip_prk_steps": true, "timestep_spacing": "trailing",
             "trained_betas": null, "prediction_type": "epsilon"}
            """, "test");
        Assert.Equal(new SchedulerConfig
        {
            BetaStart = 0.001,
            BetaEnd = 0.02,
            BetaSchedule = BetaSchedule.Linear,
            TrainSteps = 500,
            StepsOffset = 2,
            SetAlphaToOne = true,
            TimestepSpacing = TimestepSpacing.Trailing,
        }, config);
    }

    [Fact]
    public void Missing_keys_keep_the_defaults_of_the_model_kind()
    {
        Assert.Equal(SchedulerConfig.StableDiffusion, Parse("{}", "test"));
        Assert.Equal(SchedulerConfig.Lightning, Parse("{}", "test", SchedulerConfig.Lightning));
    }

    [Theory]
    [InlineData("""{"prediction_type": "v_prediction"}""", "v_prediction", InputCode.Unsupported)]
    [InlineData("""{"beta_schedule": "squaredcos_cap_v2"}""", "squaredcos_cap_v2", InputCode.Unsupported)]
    [InlineData("""{"timestep_spacing": "karras"}""", "karras", InputCode.Unsupported)]
    [InlineData("""{"trained_betas": [0.1, 0.2]}""", "trained_betas", InputCode.Unsupported)]
    [InlineData("""{"rescale_betas_zero_snr": true}""", "rescale_betas_zero_snr", InputCode.Unsupported)]
    [InlineData("""{"beta_start": 0.5, "beta_end": 0.1}""", "betas", InputCode.OutOfRange)]
    [InlineData("""{"num_train_timesteps": 0}""", "num_train_timesteps", InputCode.OutOfRange)]
    [InlineData("""{"steps_offset": -1}""", "steps_offset", InputCode.OutOfRange)]
    [InlineData("""{"steps_offset": "one"}""", "steps_offset is \"one\"", InputCode.Damaged)]
    [InlineData("""{"steps_offset": 1000}""", "none of 1000 training steps", InputCode.OutOfRange)]
    [InlineData("""{"num_train_timesteps": 49}""", "num_train_timesteps", InputCode.OutOfRange)]
    [InlineData("""{"num_train_timesteps": 100000}""", "leave nothing of the picture", InputCode.OutOfRange)]
    [InlineData("""{"beta_end": 1}""", "beta_end is 1", InputCode.OutOfRange)]
    [InlineData("[1, 2]", "a JSON object is needed", InputCode.Damaged)]
    public void What_cannot_be_sampled_is_refused_by_name(string json, string named, InputCode code)
    {
        var e = Assert.Throws<InputException>(() => Parse(json, "folder/scheduler_config.json"));
        Assert.Equal(code, e.Code);
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.StartsWith("folder/scheduler_config.json: ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    private static SchedulerConfig Parse(string json, string origin, SchedulerConfig? defaults = null)
    {
        using var document = JsonDocument.Parse(json);
        return SchedulerConfig.Parse(document.RootElement, origin, defaults);
    }
}
